import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { auditArchiveSuite } from './audit-archive-suite.ts';

await withDatabase(sqliteDatabase, (database) => auditArchiveSuite(database));
