import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { registrationsRaceSuite } from './registrations-race-suite.ts';

await withDatabase(mysqlDatabase, registrationsRaceSuite);
