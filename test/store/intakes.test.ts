import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { intakesSuite } from './intakes-suite.ts';

await withDatabase(sqliteDatabase, intakesSuite);
