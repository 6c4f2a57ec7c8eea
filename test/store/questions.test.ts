import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { questionsSuite } from './questions-suite.ts';

await withDatabase(sqliteDatabase, questionsSuite);
