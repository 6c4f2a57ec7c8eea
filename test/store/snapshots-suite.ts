import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { BatchKey } from '../../src/exchange/inquiry.ts';
import type { Freeze, Subscription } from '../../src/exchange/subscription.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { freeze, newSubscriber, work } from './publication-samples.ts';
import { HAND } from './samples.ts';

/** Snapshots over a real database, from the list of whom they are about to the answers that are no longer needed. */
export const snapshotsSuite = (database: TestDatabase) =>
  describe('snapshots', { concurrency: false }, () => {
    const now = new Date('2026-05-10T08:00:00.123Z');
    const cutOff = new Date('2026-05-10T01:00:00Z');
    const next = new Date('2026-05-11T01:00:00Z');
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now }, keys });
    });
    after(() => store.close());

    const subscriber = (numbers: readonly string[], changes: Partial<Subscription> = {}) =>
      newSubscriber(store, numbers, { kind: 'snapshot', ...changes });
    const register = (
      partyId: number,
      number: string,
      changes: { hoedanigheid?: string; begin?: string; end?: string },
    ) =>
      store.addRegistration({
        ...{ partyId, hoedanigheid: work, subject: { kind: 'person', number } },
        ...{ begin: '2026-01-01', end: null, ...changes },
      });
    const keyOf = (ownerId: number): BatchKey => ({ owner: 'file', ownerId });
    const about = async (id: number) =>
      (await store.openQuestions(keyOf(id), 1, 1000)).map(
        ({ position, subject }) => `${position} ${subject?.number}`,
      );
    const answerAll = async (id: number) => {
      for (const { position } of await store.openQuestions(keyOf(id), 1, 1000))
        await store.answerQuestion(keyOf(id), { position, answer: '<Antwoord/>', exchangeId: 'e' });
      return store.markAnswered(keyOf(id));
    };
    const stateOf = async (id: number) => (await store.file(id))?.state;

    test('are about whom the subscriber has registered that day, once each, in the order of the numbers', async () => {
      const one = await subscriber(['90000000103', '90000000101'], { hoedanigheid: work });
      await subscriber(['90000000109']);
      await register(one.partyId, '90000000102', { end: '2026-05-10' });
      await register(one.partyId, '90000000101', { hoedanigheid: '7001' });
      await register(one.partyId, '90000000104', { end: '2026-05-09' });
      await register(one.partyId, '90000000105', { begin: '2026-05-11' });
      await register(one.partyId, '90000000106', { hoedanigheid: '7001' });
      const file = (await store.closeBatch(one.id, cutOff, freeze)) ?? assert.fail();
      assert.deepEqual(await about(file), ['1 90000000101', '2 90000000102', '3 90000000103']);
      const { state, service, questions, template, sender } =
        (await store.batch(keyOf(file))) ?? assert.fail();
      assert.deepEqual([state, service, questions, template], ['asking', 'GeefPersoon', 3, { Bron: 'RR' }]);
      assert.deepEqual([sender.uri, sender.hoedanigheid], [one.uri, work]);
      assert.equal(await stateOf(file), 'asking');
      assert.equal(await store.closeBatch(one.id, cutOff, freeze), file, 'the same again');
      await register(one.partyId, '90000000100', {});
      assert.equal((await about(file)).length, 3, 'who comes later is in the next one');
      assert.equal(
        await store.closeBatch(one.id, next, freeze),
        null,
        'not while the one before is being asked',
      );
    });

    test('are about everybody in any capacity, or in a population, or there is none', async () => {
      const any = await subscriber(['90000000201'], { hoedanigheid: null });
      await register(any.partyId, '90000000202', { hoedanigheid: '7001' });
      await register(any.partyId, '90000000201', { hoedanigheid: '7001' });
      const file = (await store.closeBatch(any.id, cutOff, freeze)) ?? assert.fail();
      assert.deepEqual(await about(file), ['1 90000000201', '2 90000000202']);

      const population = 'snapshots';
      const subject = { kind: 'person', number: '90000000302' } as const;
      await store.putMembers(population, [{ subject, begin: '2026-01-01', end: null }], {
        ...{ replace: false, who: 'an', progress: () => {} },
      });
      const limited: Freeze = (...given) => {
        const frozen = freeze(...given);
        return frozen?.snapshot ? { ...frozen, snapshot: { ...frozen.snapshot, population } } : null;
      };
      const few = await subscriber(['90000000301', '90000000302']);
      assert.deepEqual(await about((await store.closeBatch(few.id, cutOff, limited)) ?? 0), [
        '1 90000000302',
      ]);

      const nobody = await subscriber([]);
      assert.equal(await store.closeBatch(nobody.id, cutOff, freeze), null);
      const empty = await subscriber([], { emptyFiles: true });
      const none = (await store.closeBatch(empty.id, cutOff, freeze)) ?? assert.fail();
      assert.equal((await store.batch(keyOf(none)))?.questions, 0);
      assert.equal(await store.markAnswered(keyOf(none)), true);
      assert.equal(await store.markAsked(none), true);
    });

    test('can be written when all is answered, and then the answers go', async () => {
      const { id } = await subscriber(['90000000401', '90000000402']);
      const file = (await store.closeBatch(id, cutOff, freeze)) ?? assert.fail();
      const isIn = (found: readonly { readonly id: number }[]) => found.some((each) => each.id === file);
      assert.equal((await store.publicationFigures()).openQuestions >= 2, true);
      assert.equal(await store.markAsked(file), false);
      assert.equal(isIn(await store.answeredSnapshots(100)), false);
      assert.equal(await answerAll(file), true);
      assert.equal(isIn(await store.answeredSnapshots(100)), true);
      assert.equal(await store.markAsked(file), true);
      assert.equal(await store.markAsked(file), false, 'once');
      assert.deepEqual([await stateOf(file), isIn(await store.answeredSnapshots(100))], ['closed', false]);
      assert.equal(isIn(await store.snapshotsToDiscard(100)), false, 'not before it was written');
      await store.markWritten(file, { records: 2, size: 1, sha256: 'ab', at: now });
      assert.equal(isIn(await store.snapshotsToDiscard(100)), true);
      await store.clearQuestions(keyOf(file));
      await store.markReplied(keyOf(file));
      assert.equal(isIn(await store.snapshotsToDiscard(100)), false);
      assert.deepEqual(await store.progressOf(keyOf(file)), { questions: 0, answered: 0 });
    });

    test('that failed are asked on where they were, or written again, or given up', async () => {
      const { id } = await subscriber(['90000000501', '90000000502']);
      const file = (await store.closeBatch(id, cutOff, freeze)) ?? assert.fail();
      const key = keyOf(file);
      const fail = async () => {
        await store.markFailed(file, 'down');
        await store.markBatchFailed(key, 'down');
        assert.equal(await stateOf(file), 'failed');
      };
      const batchState = async () => (await store.batch(key))?.state;
      assert.equal(await store.markRetried(file, false, HAND), false, 'it did not fail');
      await fail();
      assert.equal(await store.markRetried(file, false, HAND), true);
      assert.deepEqual([await stateOf(file), await batchState()], ['asking', 'asking']);
      await fail();
      assert.equal(await store.markBatchRetried(key, false, HAND), true);
      assert.deepEqual([await stateOf(file), await batchState()], ['asking', 'asking'], 'by either name');
      assert.equal(await store.markRetried(file, true, HAND), true, 'given up before it failed');
      assert.equal((await store.batch(key))?.lastTime, true);
      await answerAll(file);
      await store.markAsked(file);
      await store.markFailed(file, 'disk full');
      assert.equal(await store.markRetried(file, false, HAND), true);
      assert.deepEqual([await stateOf(file), await batchState()], ['closed', 'answered']);
    });
  });
