import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { changesSuite } from './changes-suite.ts';

await withDatabase(sqliteDatabase, changesSuite);
