import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { citizenSuite } from './citizen-suite.ts';

await withDatabase(mysqlDatabase, (database) => citizenSuite(database, 'EXPLAIN'));
