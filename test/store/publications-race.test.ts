import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { publicationsRaceSuite } from './publications-race-suite.ts';

await withDatabase(sqliteDatabase, publicationsRaceSuite);
