import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { seenMessagesSuite } from './seen-messages-suite.ts';

await withDatabase(mysqlDatabase, (database) => seenMessagesSuite(database));
