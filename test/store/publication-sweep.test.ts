import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { publicationSweepSuite } from './publication-sweep-suite.ts';

await withDatabase(sqliteDatabase, publicationSweepSuite);
