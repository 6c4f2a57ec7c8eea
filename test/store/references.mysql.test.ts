import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { referencesSuite } from './references-suite.ts';

await withDatabase(mysqlDatabase, (database) => referencesSuite(database, 'EXPLAIN'));
