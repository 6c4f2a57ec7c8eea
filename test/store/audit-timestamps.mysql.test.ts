import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { auditTimestampsSuite } from './audit-timestamps-suite.ts';

await withDatabase(mysqlDatabase, auditTimestampsSuite);
