import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { populationSuite } from './population-suite.ts';

await withDatabase(sqliteDatabase, (database) => populationSuite(database, 'EXPLAIN QUERY PLAN'));
