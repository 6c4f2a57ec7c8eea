import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { pullsSuite } from './pulls-suite.ts';

await withDatabase(sqliteDatabase, pullsSuite);
