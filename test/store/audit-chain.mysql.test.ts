import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { auditChainSuite } from './audit-chain-suite.ts';

await withDatabase(mysqlDatabase, (database) => auditChainSuite(database));
