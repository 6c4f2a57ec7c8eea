import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { registrationSuite } from './registration-suite.ts';

await withDatabase(sqliteDatabase, registrationSuite);
