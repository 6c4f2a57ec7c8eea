import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { freeze, newMutation, newSubscriber } from './publication-samples.ts';
import { newParty } from './samples.ts';

/** What a sweep finds, over a real database. */
export const publicationSweepSuite = (database: TestDatabase) =>
  describe('what is left to do about publications', { concurrency: false }, () => {
    let now = new Date('2026-05-10T08:00:00.123Z');
    let store: Store;
    let author: number;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now }, keys });
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
      const pulls = { waiting: 0, unacknowledged: 0 };
      const none = {
        expiring: 0,
        backlog: 0,
        oldestPending: null,
        files: [],
        sequenceGaps: 0,
        openQuestions: 0,
        pulls,
        intakes: [],
      };
      assert.deepEqual(await store.publicationFigures(), none);
      const { id } = await newSubscriber(store, ['90000000001']);
      await store.acceptMutations([newMutation('90000000001'), newMutation('90000000001')], author);
      const accepted = now;
      const due = new Date('2026-05-11T01:00:00.000Z');
      assert.equal(await store.dueBatch(id, at('2026-05-11T00:59:59.999Z')), null);
      assert.deepEqual(await store.dueBatch(id, at('2026-05-11T01:00:00.000Z')), { id, dueAt: due });
      assert.equal(await store.dueBatch(id + 1, now), null);
      const waiting = { ...none, backlog: 2, oldestPending: accepted };
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
      const before = (ms: number) => new Date(expiry.getTime() - ms);
      const toForewarn = () => store.filesToForewarn(before(60_000), expiry, 10);
      assert.deepEqual(await store.filesToForewarn(before(60_000), before(1), 10), []);
      assert.deepEqual(await store.filesToForewarn(expiry, expiry, 10), [], 'it is over');
      await store.noteEvent({ ...event, fileId: file, what: 'expiring', at: new Date(now.getTime() - 1) });
      assert.deepEqual(await toForewarn(), [{ id: file }], 'that was before it was written again');
      assert.equal((await store.publicationFigures()).expiring, 0);
      await store.noteEvent({ ...event, fileId: file, what: 'expiring' });
      assert.deepEqual(await toForewarn(), []);
      assert.equal((await store.publicationFigures()).expiring, 1);
      assert.deepEqual(await store.filesToExpire(new Date(expiry.getTime() - 1), early, 10), []);
      assert.deepEqual(await store.filesToExpire(expiry, early, 10), [{ id: file }]);
      await store.markAcknowledged(file, now);
      assert.equal((await store.publicationFigures()).expiring, 0);
      assert.deepEqual(await store.filesToExpire(now, new Date(now.getTime() - 1), 10), []);
      assert.deepEqual(await store.filesToExpire(now, now, 10), [{ id: file }]);
      const { partyId } = (await store.file(file)) ?? assert.fail();
      const of = { fileId: file, partyId, channel: null, remoteAddress: null, at: now, detail: null };
      await store.expireFile(file, async () => ({ ...of, what: 'expired' }));
      assert.deepEqual(await store.filesToExpire(expiry, now, 10), []);
      assert.deepEqual(await states(), { expired: 1 });
    });

    /** A file that was written, of one mutation. */
    const aWrittenFile = async () => {
      const { id: author } = await store.addParty(newParty({ name: 'Bron' }));
      const { id, partyId } = await newSubscriber(store, ['90000000009']);
      await store.acceptMutations([newMutation('90000000009')], author);
      const fileId = (await store.closeBatch(id, now, freeze)) ?? assert.fail();
      await store.markWritten(fileId, { records: 1, size: 3, sha256: 'ab'.repeat(32), at: now });
      const of = { fileId, partyId, channel: null, remoteAddress: null, at: now, detail: null };
      return { fileId, expired: { ...of, what: 'expired' as const } };
    };

    test('nothing becomes of a file while it is taken away', async () => {
      const { fileId, expired } = await aWrittenFile();
      const done: string[] = [];
      const taken = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      const expiring = store.expireFile(fileId, async ({ state }) => {
        begun.resolve();
        await taken.promise;
        done.push(`taken away, ${state}`);
        return expired;
      });
      await begun.promise;
      const reissuing = store
        .markReissued(fileId, now)
        .then((isChanged) => done.push(`reissued: ${isChanged}`));
      await pause(200);
      taken.resolve();
      assert.equal(await expiring, true);
      await reissuing;
      assert.deepEqual(done, ['taken away, written', 'reissued: true']);
      assert.equal((await store.file(fileId))?.state, 'closed');
      assert.deepEqual(await store.eventsOf(fileId), [expired]);
    });

    test('a file that cannot be taken away stays what it is', async () => {
      const { fileId } = await aWrittenFile();
      const failing = async () => {
        throw new Error('read-only disk');
      };
      await assert.rejects(store.expireFile(fileId, failing), /read-only disk/);
      assert.equal((await store.file(fileId))?.state, 'written');
      assert.deepEqual(await store.eventsOf(fileId), []);
      assert.equal(await store.expireFile(999_999_999, failing), false);
    });
  });
