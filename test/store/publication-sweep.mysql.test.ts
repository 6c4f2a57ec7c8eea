import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { publicationSweepSuite } from './publication-sweep-suite.ts';

await withDatabase(mysqlDatabase, publicationSweepSuite);
