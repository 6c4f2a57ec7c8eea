import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { registrationsSuite } from './registrations-suite.ts';

await withDatabase(sqliteDatabase, registrationsSuite);
