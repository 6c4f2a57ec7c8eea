import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { migrations } from '../../src/store/migrate.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newParty } from './samples.ts';

export const openingSuite = (database: TestDatabase) =>
  describe('opening', { concurrency: false }, () => {
    const open = () => openStore(database.url, { clock: systemClock, keys });

    test('lets twenty migrate at once, and each of them work', async () => {
      const stores = await Promise.all(Array.from({ length: 20 }, open));
      const added = await Promise.all(stores.map((store) => store.addParty(newParty())));
      assert.equal(new Set(added.map((party) => party.id)).size, 20);
      await Promise.all(stores.map((store) => store.ping()));
      await Promise.all(stores.map((store) => store.close()));
      assert.equal((await database.sql('SELECT name FROM migrations')).length, migrations.length);
      const stamps = await database.sql('SELECT counter FROM change_stamp');
      assert.deepEqual(
        stamps.map(({ counter }) => counter),
        [20],
      );
    });

    test('refuses a database that a newer version wrote', async () => {
      await database.sql("INSERT INTO migrations (timestamp, name) VALUES (9, 'Later9000000000000')");
      await assert.rejects(
        open,
        /written by a newer version \(it knows Later9000000000000\): start that version/,
      );
      await database.sql("DELETE FROM migrations WHERE name = 'Later9000000000000'");
      await (await open()).close();
    });
  });
