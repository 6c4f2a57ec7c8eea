import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { subscriptionsSuite } from './subscriptions-suite.ts';

await withDatabase(sqliteDatabase, subscriptionsSuite);
