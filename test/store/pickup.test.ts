import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { pickupSuite } from './pickup-suite.ts';

await withDatabase(sqliteDatabase, pickupSuite);
