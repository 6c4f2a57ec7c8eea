import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { snapshotsSuite } from './snapshots-suite.ts';

await withDatabase(sqliteDatabase, snapshotsSuite);
