import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { seenMessagesSuite } from './seen-messages-suite.ts';

await withDatabase(sqliteDatabase, (database) => seenMessagesSuite(database));
