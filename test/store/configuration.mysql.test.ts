import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { configurationSuite } from './configuration-suite.ts';

await withDatabase(mysqlDatabase, configurationSuite);
