import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { pullsSuite } from './pulls-suite.ts';

await withDatabase(mysqlDatabase, pullsSuite);
