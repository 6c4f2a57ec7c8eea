import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { registrationsSuite } from './registrations-suite.ts';

await withDatabase(mysqlDatabase, registrationsSuite);
