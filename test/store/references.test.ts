import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { referencesSuite } from './references-suite.ts';

await withDatabase(sqliteDatabase, (database) => referencesSuite(database, 'EXPLAIN QUERY PLAN'));
