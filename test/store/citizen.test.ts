import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { citizenSuite } from './citizen-suite.ts';

await withDatabase(sqliteDatabase, (database) => citizenSuite(database, 'EXPLAIN QUERY PLAN'));
