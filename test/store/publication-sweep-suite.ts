import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { freeze, newMutation, newSubscriber } from './publication-samples.ts';
import { newParty } from './samples.ts';

/** What a sweep finds, over a real database. */
export const publicationSweepSuite = (database: TestDatabase) =>
  describe('what is left to do about publications', { concurrency: false }, () => {
    let now = new Date('2026-05-10T08:00:00.123Z');
    let store: Store;
    let author: number;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now } });
      author = (await store.addParty(newParty({ name: 'Bron' }))).id;
    });
    after(() => store.close());
    const at = (text: string) => {
      now = new Date(text);
      return now;
    };
    const states = async () =>
      Object.fromEntries((await store.publicationFigures()).files.map(({ state, count }) => [state, count]));

    test('is what no file holds, what is to be closed, told of and taken away, until it was done', async () => {
      const none = { backlog: 0, oldestPending: null, files: [], sequenceGaps: 0 };
      assert.deepEqual(await store.publicationFigures(), none);
      const { id } = await newSubscriber(store, ['90000000001']);
      await store.acceptMutations([newMutation('90000000001'), newMutation('90000000001')], author);
      const accepted = now;
      const due = new Date('2026-05-11T01:00:00.000Z');
      assert.equal(await store.dueBatch(id, at('2026-05-11T00:59:59.999Z')), null);
      assert.deepEqual(await store.dueBatch(id, at('2026-05-11T01:00:00.000Z')), { id, dueAt: due });
      assert.equal(await store.dueBatch(id + 1, now), null);
      const waiting = { backlog: 2, oldestPending: accepted, files: [], sequenceGaps: 0 };
      assert.deepEqual(await store.publicationFigures(), waiting);

      const file = (await store.closeBatch(id, due, freeze)) ?? assert.fail();
      assert.equal(await store.dueBatch(id, now), null);
      assert.deepEqual(await store.publicationFigures(), { ...none, files: [{ state: 'closed', count: 1 }] });
      const early = new Date(0);
      assert.deepEqual(await store.unannouncedFiles(early, 10), []);

      await store.markWritten(file, { records: 2, size: 1, sha256: 'ab', at: now });
      assert.deepEqual(await store.unannouncedFiles(early, 10), [{ id: file }]);
      assert.deepEqual(await store.unannouncedFiles(new Date(now.getTime() + 1), 10), []);
      const event = { partyId: 1, channel: null, remoteAddress: null, at: now, detail: null };
      await store.noteEvent({ ...event, fileId: file, what: 'written' });
      assert.deepEqual(await store.unannouncedFiles(early, 10), []);

      const expiry = new Date('2026-06-10T01:00:00.000Z');
      assert.deepEqual(await store.filesToExpire(new Date(expiry.getTime() - 1), early, 10), []);
      assert.deepEqual(await store.filesToExpire(expiry, early, 10), [{ id: file }]);
      await store.markAcknowledged(file, now);
      assert.deepEqual(await store.filesToExpire(now, new Date(now.getTime() - 1), 10), []);
      assert.deepEqual(await store.filesToExpire(now, now, 10), [{ id: file }]);
      await store.markExpired(file);
      assert.deepEqual(await store.filesToExpire(expiry, now, 10), []);
      assert.deepEqual(await states(), { expired: 1 });
    });
  });
