import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { auditSuite } from './audit-suite.ts';

await withDatabase(sqliteDatabase, (database) => auditSuite(database, sqliteDatabase));
