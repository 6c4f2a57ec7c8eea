import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { populationSuite } from './population-suite.ts';

await withDatabase(mysqlDatabase, (database) => populationSuite(database, 'EXPLAIN'));
