import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { auditSuite } from './audit-suite.ts';

await withDatabase(mysqlDatabase, (database) => auditSuite(database, mysqlDatabase));
