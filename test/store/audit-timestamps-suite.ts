import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { NOW } from '../support/certificates.ts';
import type { TestDatabase } from '../support/database.ts';

const anchor = (number: number) => ({
  ...{ number, madeAt: NOW, digest: number.toString(16).padStart(64, '0') },
  ...{ unchained: 0, statement: `<a>${number}</a>` },
});

export const auditTimestampsSuite = (database: TestDatabase) =>
  describe('time-stamps on anchors', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock });
      for (let number = 1; number <= 130; number++) await store.keepAnchor(anchor(number), []);
    });
    after(() => store.close());

    test('are asked for on the latest hundred, the latest first', async () => {
      const found = await store.unstampedAnchors();
      assert.deepEqual([found.length, found[0]?.number, found.at(-1)?.number], [100, 130, 31]);
      assert.equal(found[0]?.digest, anchor(130).digest);
    });

    test('are kept once, beside their anchor', async () => {
      const token = Buffer.alloc(70_000, 'é');
      assert.equal(await store.keepTimestamp(129, token, NOW), true);
      assert.equal(await store.keepTimestamp(129, Buffer.from('another'), NOW), false);
      const kept = [];
      for await (const each of store.anchors()) if (each.timestamp !== null) kept.push(each);
      assert.deepEqual(kept, [{ ...pick(anchor(129)), timestamp: token.toString('base64') }]);
      assert.equal(
        (await store.unstampedAnchors()).some(({ number }) => number === 129),
        false,
      );
    });
  });

const pick = ({ number, statement }: ReturnType<typeof anchor>) => ({ number, statement });
