import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { codesSuite } from './codes-suite.ts';

await withDatabase(mysqlDatabase, codesSuite);
