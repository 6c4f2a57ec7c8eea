import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sqliteDatabase, withDatabase } from '../support/database.ts';
import { sealingSuite } from './sealing-suite.ts';

await withDatabase(sqliteDatabase, (database) => {
  const folder = dirname(database.url.slice('sqlite:'.length));
  sealingSuite(database, (text) =>
    readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text)),
  );
});
