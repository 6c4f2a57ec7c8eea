import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { subscriptionsSuite } from './subscriptions-suite.ts';

await withDatabase(mysqlDatabase, subscriptionsSuite);
