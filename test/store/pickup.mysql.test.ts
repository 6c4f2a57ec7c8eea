import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { pickupSuite } from './pickup-suite.ts';

await withDatabase(mysqlDatabase, pickupSuite);
