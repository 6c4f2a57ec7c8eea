import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { sealingSuite } from './sealing-suite.ts';

// What a server keeps on its disk is not seen from here.
await withDatabase(mysqlDatabase, (database) => sealingSuite(database, () => false));
