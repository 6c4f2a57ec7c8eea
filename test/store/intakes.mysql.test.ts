import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { intakesSuite } from './intakes-suite.ts';

await withDatabase(mysqlDatabase, intakesSuite);
