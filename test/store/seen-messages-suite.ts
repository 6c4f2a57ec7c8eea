import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { utc } from '../../src/store/exchange-row.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

const SOON = new Date('2026-03-02T10:05:00.250Z');
const MINUTE = 60_000;

const key = (name: string) => name.padEnd(43, '-');
const exchange = (index: number) => `7f3c2a10-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Two stores on one database are two nodes. */
export const seenMessagesSuite = (database: TestDatabase) =>
  describe('messages that came', () => {
    let stores: readonly [Store, Store];
    const open = () => openStore(database.url, { clock: systemClock, keys });
    before(async () => {
      stores = [await open(), await open()];
    });
    after(async () => {
      for (const store of stores) await store.close();
    });

    test('are new once, whichever node they come to, and told with the exchange they came in', async () => {
      const [here, there] = stores;
      assert.equal(await here.remember(key('once'), exchange(1), SOON), null);
      assert.equal(await here.remember(key('once'), exchange(2), SOON), exchange(1));
      assert.equal(await there.remember(key('once'), exchange(3), SOON), exchange(1));
      assert.equal(await there.remember(key('ONCE'), exchange(4), SOON), null);
    });

    test('are new to one of many that ask at once, on two nodes', async () => {
      const told = await Promise.all(
        Array.from({ length: 60 }, (_, index) => {
          const store = stores[index % 2] ?? assert.fail();
          return store.remember(key(`race-${index % 3}`), exchange(100 + index), SOON);
        }),
      );
      assert.equal(told.filter((before) => before === null).length, 3);
      for (const name of [0, 1, 2]) {
        const first = told.findIndex((before, index) => before === null && index % 3 === name);
        const others = told.filter((before, index) => index % 3 === name && before !== null);
        assert.deepEqual(new Set(others), new Set([exchange(100 + first)]));
      }
    });

    test('are remembered by who opens the database later', async () => {
      await stores[0].remember(key('later'), exchange(5), SOON);
      const later = await open();
      try {
        assert.equal(await later.remember(key('later'), exchange(6), SOON), exchange(5));
      } finally {
        await later.close();
      }
    });

    test('are known after the upgrade that put their moments in front of their keys, and those without end too', async () => {
      const until = new Date(Date.now() + 5 * MINUTE);
      const month = new Date(Date.now() + 30 * 24 * 60 * MINUTE);
      await database.sql("DELETE FROM migrations WHERE name LIKE 'SeenInOrder%'");
      for (const [name, at] of [
        ['before', until],
        ['endless', month],
      ] as const)
        await database.sql(
          `INSERT INTO seen_message (message_key, exchange_id, seen_until) VALUES ('${key(name)}', '${exchange(12)}', '${utc(at)}')`,
        );
      const upgraded = await open();
      try {
        const digits = until.toISOString().replaceAll(/\D/g, '');
        assert.equal(await upgraded.remember(digits + key('before'), exchange(13), until), exchange(12));
        assert.equal(await upgraded.remember(key('endless'), exchange(14), month), exchange(12));
      } finally {
        await upgraded.close();
      }
    });

    test('are forgotten when nobody could send them again, and not a moment before', async () => {
      const [store] = stores;
      await store.remember(key('short'), exchange(7), SOON);
      await store.remember(key('long'), exchange(8), new Date(SOON.getTime() + 60 * MINUTE));
      const tenLater = SOON.getTime() + 10 * MINUTE;
      await store.forgetMessages(new Date(tenLater));
      assert.equal(await store.remember(key('short'), exchange(9), SOON), exchange(7));
      assert.ok((await store.forgetMessages(new Date(tenLater + 1))) >= 1);
      assert.equal(await store.remember(key('short'), exchange(10), SOON), null);
      assert.equal(await store.remember(key('long'), exchange(11), SOON), exchange(8));
    });

    test('are forgotten by the thousand', async () => {
      const [store] = stores;
      const past = new Date('2020-01-01T00:00:00Z');
      const names = Array.from({ length: 2_100 }, (_, index) => key(`old-${index}`));
      await Promise.all(names.map((name, index) => store.remember(name, exchange(1000 + index), past)));
      assert.equal(await store.forgetMessages(new Date('2020-01-02T00:00:00Z')), 2_100);
    });
  });
