import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { configurationSuite } from './configuration-suite.ts';

await withDatabase(sqliteDatabase, configurationSuite);
