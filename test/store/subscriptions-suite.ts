import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import {
  freeze,
  newMutation,
  newSubscriber,
  newSubscription,
  publication,
  recordsIn,
  version,
} from './publication-samples.ts';
import { newParty } from './samples.ts';

/** Subscriptions over a real database, and when their batches are due. */
export const subscriptionsSuite = (database: TestDatabase) =>
  describe('subscriptions', { concurrency: false }, () => {
    let now = new Date('2026-05-10T08:00:00.123Z');
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now }, keys });
    });
    after(() => store.close());

    const aParty = async () => (await store.addParty(newParty())).id;
    const dueAt = async (id: number, at: string) => {
      now = new Date(at);
      return (await store.dueSubscriptions(now)).find((due) => due.id === id)?.dueAt.toISOString() ?? null;
    };
    const closed = (id: number, at: string) => store.closeBatch(id, new Date(at), freeze);

    test('are in the snapshot as they were made, and every change of them is written down', async () => {
      const partyId = await aParty();
      const made = await store.addSubscription(newSubscription(partyId, { filter: ['Persoon/Naam'] }), 'an');
      assert.deepEqual(store.subscriptions().at(-1), made);
      assert.deepEqual(store.subscriptionsFor(publication, version).at(-1), made);
      assert.deepEqual(store.subscriptionsFor(publication, '01.00'), []);
      const changed = await store.changeSubscription(made.id, { retentionDays: 7 }, 'bo');
      assert.deepEqual(changed, { ...made, retentionDays: 7 });
      assert.deepEqual(store.subscriptions().at(-1), changed);
      await store.changeSubscription(made.id, { retentionDays: 7 }, 'bo');
      const changes = await store.changes({ kind: 'subscription', limit: 10 });
      assert.equal(changes.length, 2, 'what changes nothing is not written down');
      const [{ who, before: was, after: is, name }] = changes as [(typeof changes)[0]];
      const { id: _, partyId: __, validFrom, ...image } = made;
      const plain = { ...image, party: 'Sociaal Huis', validFrom: validFrom.toJSON() };
      assert.deepEqual([who, was, is], ['bo', plain, { ...plain, retentionDays: 7 }]);
      assert.equal(
        name,
        'Sociaal Huis: PubliceerMutatiePersoon 02.02 as http://example.test/huis:maatschappelijk-werk',
      );
      assert.equal(await store.changeSubscription(99_999, { retentionDays: 7 }, 'bo'), null);
    });

    test('are refused when their schedule never comes, or the same one runs already', async () => {
      const partyId = await aParty();
      await assert.rejects(
        store.addSubscription(newSubscription(partyId, { schedule: '0 0 30 2 *' }), 'an'),
        {
          name: 'ChangeRefused',
          message: '"0 0 30 2 *" never comes: there is no such day',
        },
      );
      const { id } = await store.addSubscription(newSubscription(partyId), 'an');
      const second = { name: 'ChangeRefused', message: new RegExp(`^subscription ${id} is the same`) };
      await assert.rejects(store.addSubscription(newSubscription(partyId), 'an'), second);
      await assert.rejects(store.changeSubscription(id, { timeZone: 'Mars/Base' }, 'an'), /Mars\/Base/);
      await store.stopSubscription(id, now, 'an');
      await store.addSubscription(newSubscription(partyId), 'an');
      await assert.rejects(store.changeSubscription(id, { stoppedAt: null }, 'an'), /is the same/);
    });

    test('are due at their moments, once each', async () => {
      now = new Date('2026-05-10T08:00:00Z');
      const { id } = await store.addSubscription(newSubscription(await aParty()), 'an');
      assert.equal(await dueAt(id, '2026-05-11T00:59:59.999Z'), null);
      assert.equal(await dueAt(id, '2026-05-11T01:00:00.000Z'), '2026-05-11T01:00:00.000Z');
      assert.equal(await dueAt(id, '2026-05-11T01:00:03.000Z'), '2026-05-11T01:00:00.000Z');
      await closed(id, '2026-05-11T01:00:00.000Z');
      assert.equal(await dueAt(id, '2026-05-11T01:00:03.000Z'), null);
      assert.equal(await dueAt(id, '2026-05-12T01:00:00.000Z'), '2026-05-12T01:00:00.000Z');
    });

    test('are due once, for the last moment, after a standstill or a clock put forward', async () => {
      now = new Date('2026-05-10T08:00:00Z');
      const { id } = await store.addSubscription(
        newSubscription(await aParty(), { schedule: '*/5 * * * *' }),
        'an',
      );
      assert.equal(await dueAt(id, '2026-05-12T09:07:12Z'), '2026-05-12T09:05:00.000Z');
      await closed(id, '2026-05-12T09:05:00.000Z');
      assert.equal(await dueAt(id, '2026-05-12T09:07:13Z'), null);
      assert.equal(await dueAt(id, '2026-05-12T09:10:00Z'), '2026-05-12T09:10:00.000Z');
    });

    test('go on when a clock that was ahead is put back, and no moment gets a second file', async () => {
      now = new Date('2026-06-01T08:00:00Z');
      const number = '91000000001';
      const author = await aParty();
      const { id } = await newSubscriber(store, [number], { schedule: '0 * * * *' });
      const tell = () => store.acceptMutations([newMutation(number)], author);
      await tell();
      assert.equal(await dueAt(id, '2026-06-03T10:00:00Z'), '2026-06-03T10:00:00.000Z');
      const early = await closed(id, '2026-06-03T10:00:00.000Z');
      assert.ok(early);
      assert.equal(await dueAt(id, '2026-06-01T08:10:00Z'), null);
      await tell();
      assert.equal(await dueAt(id, '2026-06-01T09:00:00Z'), '2026-06-01T09:00:00.000Z', 'not in two days');
      assert.ok(await closed(id, '2026-06-01T09:00:00.000Z'));
      await tell();
      assert.equal(await dueAt(id, '2026-06-03T10:00:00Z'), '2026-06-03T10:00:00.000Z');
      assert.equal(await closed(id, '2026-06-03T10:00:00.000Z'), early);
      assert.equal(await dueAt(id, '2026-06-03T11:00:00Z'), '2026-06-03T11:00:00.000Z');
      const last = await closed(id, '2026-06-03T11:00:00.000Z');
      assert.equal((await recordsIn(store, last)).length, 1);
    });

    test('of another schedule or time zone are due by it from then on', async () => {
      now = new Date('2026-05-10T08:00:00Z');
      const { id } = await store.addSubscription(newSubscription(await aParty()), 'an');
      await store.changeSubscription(id, { schedule: '30 12 * * *', timeZone: 'UTC' }, 'an');
      assert.equal(await dueAt(id, '2026-05-10T12:30:00Z'), '2026-05-10T12:30:00.000Z');
    });

    test('are removed only when nothing came of them, and before their party', async () => {
      now = new Date('2026-05-10T08:00:00Z');
      const number = '91000000002';
      const told = await newSubscriber(store, [number]);
      const idle = await newSubscriber(store, []);
      await store.acceptMutations([newMutation(number)], idle.partyId);
      const removal = async (id: number) => {
        const found = (await store.image('none')).subscriptions.find((each) => each.id === id);
        assert.ok(found);
        const { id: _, ...before } = found;
        await store.apply([{ kind: 'subscription', id, before, after: null }], 'an');
      };
      await removal(idle.id);
      assert.equal(
        store.subscriptions().some(({ id }) => id === idle.id),
        false,
      );
      await assert.rejects(removal(told.id), /stop it instead/);
    });
  });
