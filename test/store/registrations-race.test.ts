import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { registrationsRaceSuite } from './registrations-race-suite.ts';

await withDatabase(sqliteDatabase, registrationsRaceSuite);
