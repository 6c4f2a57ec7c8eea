import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { auditArchiveSuite } from './audit-archive-suite.ts';

await withDatabase(mysqlDatabase, (database) => auditArchiveSuite(database));
