import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { publicationsSuite } from './publications-suite.ts';

await withDatabase(sqliteDatabase, publicationsSuite);
