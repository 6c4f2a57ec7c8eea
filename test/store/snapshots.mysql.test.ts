import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { snapshotsSuite } from './snapshots-suite.ts';

await withDatabase(mysqlDatabase, snapshotsSuite);
