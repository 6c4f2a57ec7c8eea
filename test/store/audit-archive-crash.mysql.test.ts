import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { auditArchiveCrashSuite } from './audit-archive-crash-suite.ts';

await withDatabase(mysqlDatabase, (database) => auditArchiveCrashSuite(database, ['after']));
