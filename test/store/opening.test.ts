import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { openingSuite } from './opening-suite.ts';

await withDatabase(sqliteDatabase, openingSuite);
