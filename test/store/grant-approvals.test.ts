import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { grantApprovalsSuite } from './grant-approvals-suite.ts';

await withDatabase(sqliteDatabase, grantApprovalsSuite);
