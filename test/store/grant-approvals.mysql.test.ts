import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { grantApprovalsSuite } from './grant-approvals-suite.ts';

await withDatabase(mysqlDatabase, grantApprovalsSuite);
