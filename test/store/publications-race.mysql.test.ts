import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { publicationsRaceSuite } from './publications-race-suite.ts';

await withDatabase(mysqlDatabase, publicationsRaceSuite);
