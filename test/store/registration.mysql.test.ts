import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { registrationSuite } from './registration-suite.ts';

await withDatabase(mysqlDatabase, registrationSuite);
