import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { auditChainSuite } from './audit-chain-suite.ts';

await withDatabase(sqliteDatabase, (database) => auditChainSuite(database));
