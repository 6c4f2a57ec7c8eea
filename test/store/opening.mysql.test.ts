import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { openingSuite } from './opening-suite.ts';

await withDatabase(mysqlDatabase, openingSuite);
