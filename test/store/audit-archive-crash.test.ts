import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { auditArchiveCrashSuite } from './audit-archive-crash-suite.ts';

await withDatabase(sqliteDatabase, (database) => auditArchiveCrashSuite(database, ['before', 'after']));
