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
  work,
} from './publication-samples.ts';
import { HAND, newGrant, newParty } from './samples.ts';

const day = (text: string) => new Date(text);

/** Mutations over a real database, from arriving to lying in a closed batch. */
export const publicationsSuite = (database: TestDatabase) =>
  describe('publications', { concurrency: false }, () => {
    const now = day('2026-05-10T08:00:00.123Z');
    let store: Store;
    let author: number;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now }, keys });
      author = (await store.addParty(newParty({ name: 'Bron' }))).id;
    });
    after(() => store.close());

    let used = 0;
    /** A number that nobody has registered yet. */
    const aNumber = () => String(90_000_000_000 + used++);
    const accept = (...mutations: ReturnType<typeof newMutation>[]) =>
      store.acceptMutations(mutations, author);
    const references = async (id: number, cutOff: Date) =>
      (await recordsIn(store, await store.closeBatch(id, cutOff, freeze))).map((each) => each.reference);
    const cutOff = day('2026-05-11T01:00:00Z');

    test('reach whoever has the subject registered that day, and lie in its next file as they came', async () => {
      const number = aNumber();
      const one = await newSubscriber(store, [number]);
      const other = await newSubscriber(store, [number]);
      await newSubscriber(store, [aNumber()]);
      const first = newMutation(number, { content: '<Persoon>é</Persoon>', type: '04' });
      const second = newMutation(number, { occurredOn: '2026-01-01' });
      const before1 = newMutation(number, { occurredOn: '2025-12-31' });
      assert.deepEqual(await accept(first, second, before1), { accepted: 3, duplicates: 0, deliveries: 4 });
      const fileId = await store.closeBatch(one.id, cutOff, freeze);
      assert.ok(fileId !== null);
      const records = await recordsIn(store, fileId);
      assert.deepEqual(
        records.map(({ deliveryId: _, id: __, ...record }) => record),
        [first, second].map(({ publication: _, version: __, ...record }) => ({
          ...{ ...record, acceptedAt: now, remarks: null },
        })),
      );
      assert.deepEqual(await references(other.id, cutOff), [first.reference, second.reference]);
      const { voucherId, name, ...file } = (await store.file(fileId)) ?? assert.fail();
      assert.deepEqual(file, {
        ...{
          id: fileId,
          subscriptionId: one.id,
          partyId: one.partyId,
          uri: one.uri,
          hoedanigheid: work,
          publication,
          version,
          sequence: 1,
        },
        ...{ state: 'closed', kind: 'mutations', cutOff, format: 'xml', visible: ['**'] },
        ...{ grantId: one.partyId, legalBasis: 'Decreet artikel 3', records: null, size: null, sha256: null },
        ...{ attempts: 0, lastError: null, closedAt: now, writtenAt: null, collectedAt: null },
        ...{ acknowledgedAt: null, expiresAt: day('2026-06-09T08:00:00.123Z') },
      });
      assert.match(voucherId, /^[0-9a-f-]{36}$/);
      assert.equal(name, 'persoon.2026-05-11T01:00:00.000Z.1.xml');
    });

    test('are the same when their reference is, and refused as a whole when it stands for another', async () => {
      const number = aNumber();
      const { id } = await newSubscriber(store, [number]);
      const told = newMutation(number);
      assert.deepEqual(await accept(told, told), { accepted: 1, duplicates: 1, deliveries: 1 });
      assert.deepEqual(await accept(told), { accepted: 0, duplicates: 1, deliveries: 0 });
      const other = await store.addParty(newParty());
      const elsewhere = await store.acceptMutations([told], other.id);
      assert.deepEqual(
        elsewhere,
        { accepted: 1, duplicates: 0, deliveries: 1 },
        'a reference is its author’s',
      );
      await assert.rejects(accept(newMutation(number), { ...told, type: '01' }), {
        name: 'ReferenceReused',
        references: [told.reference],
      });
      await assert.rejects(
        accept(
          newMutation(number, { reference: 'twice' }),
          newMutation(number, { reference: 'twice', type: '01' }),
        ),
      );
      assert.equal((await references(id, cutOff)).length, 2, 'nothing of what was refused was taken');
    });

    test('never go back to their author, nor to a capacity in which nobody registered', async () => {
      const number = aNumber();
      const self = await newSubscriber(store, [number]);
      const inOther = await newSubscriber(store, [number], { hoedanigheid: 'schuldbemiddeling' });
      const inAny = await newSubscriber(store, [number], { hoedanigheid: null });
      const { deliveries } = await store.acceptMutations([newMutation(number)], self.partyId);
      assert.equal(deliveries, 1);
      assert.equal(await store.closeBatch(self.id, cutOff, freeze), null);
      assert.equal(await store.closeBatch(inOther.id, cutOff, freeze), null);
      assert.equal((await references(inAny.id, cutOff)).length, 1);
    });

    test('reach nobody whose subscription or grant does not reach to them', async () => {
      const number = aNumber();
      const numbers = [number];
      await newSubscriber(store, numbers, { validFrom: day('2026-05-10T08:00:00.124Z') });
      await newSubscriber(store, numbers, { validUntil: now });
      await newSubscriber(store, numbers, { stoppedAt: now });
      await newSubscriber(store, numbers, { kind: 'snapshot' });
      await newSubscriber(store, numbers, { version: '02.01' });
      await newSubscriber(store, numbers, { uri: 'http://example.test/ander' });
      const limited = async (grant: Parameters<typeof newGrant>[1]) => {
        const { id: partyId } = await store.addParty(newParty());
        await store.addGrant(newGrant(partyId, { service: publication, version, ...grant }));
        const subject = { kind: 'person', number } as const;
        await store.addRegistration({ partyId, hoedanigheid: work, subject, begin: '2026-01-01', end: null });
        return store.addSubscription(newSubscription(partyId), 'an');
      };
      await limited({ validUntil: now });
      await limited({ dataFrom: '2026-05-10' });
      await limited({ dataUntil: '2026-05-08' });
      await limited({ population: 'jongeren' });
      await limited({ population: 'ouderen' });
      await database.sql(
        'INSERT INTO population_member (population, subject_kind, subject_number, begin_day, end_day)' +
          ` VALUES ('ouderen', 'person', '${number}', '2026-05-10', NULL)`,
      );
      assert.equal((await accept(newMutation(number))).deliveries, 0);
      const inTime = await limited({ dataFrom: '2026-05-10', population: 'ouderen' });
      const told = newMutation(number, { occurredOn: '2026-05-10' });
      await accept(told);
      assert.ok((await references(inTime.id, cutOff)).includes(told.reference));
    });

    test('are closed once for each moment, numbered without a gap per party and publication', async () => {
      const number = aNumber();
      const one = await newSubscriber(store, [number]);
      const two = await store.addSubscription(
        newSubscription(one.partyId, { hoedanigheid: null, emptyFiles: true }),
        'an',
      );
      await accept(newMutation(number));
      const first = await store.closeBatch(one.id, cutOff, freeze);
      await accept(newMutation(number));
      assert.equal(await store.closeBatch(one.id, cutOff, freeze), first, 'again');
      assert.equal((await recordsIn(store, first)).length, 1);
      const later = day('2026-05-12T01:00:00Z');
      const others = [
        await store.closeBatch(two.id, cutOff, freeze),
        await store.closeBatch(one.id, later, freeze),
        await store.closeBatch(two.id, later, freeze),
      ];
      const files = await Promise.all([first, ...others].map((id) => store.file(id ?? 0)));
      assert.deepEqual(
        files.map((file) => file?.sequence),
        [1, 2, 3, 4],
      );
      assert.equal(
        new Set(files.map((file) => file?.name)).size,
        4,
        'no name twice, for whatever subscription',
      );
      assert.equal(await store.closeBatch(one.id, day('2026-05-11T12:00:00Z'), freeze), null, 'passed');
      const nothing = day('2026-05-13T01:00:00Z');
      assert.equal(await store.closeBatch(one.id, nothing, freeze), null, 'nothing to tell');
      await accept(newMutation(number));
      assert.equal(await store.closeBatch(one.id, nothing, freeze), null, 'closed with nothing in it');
      const empty = await store.closeBatch(two.id, day('2026-05-14T01:00:00Z'), freeze);
      assert.equal((await store.file(empty ?? 0))?.sequence, 5);
    });

    test('wait when there is no right to a file today, and are not lost', async () => {
      const number = aNumber();
      const { id } = await newSubscriber(store, [number]);
      const told = newMutation(number);
      await accept(told);
      assert.equal(await store.closeBatch(id, cutOff, () => null), null);
      assert.deepEqual(await references(id, day('2026-05-12T01:00:00Z')), [told.reference]);
    });

    test('are read in pages, all of them, in their order', async () => {
      const number = aNumber();
      const { id } = await newSubscriber(store, [number]);
      const many = Array.from({ length: 1203 }, (_, n) => newMutation(number, { reference: `page-${n}` }));
      await accept(...many);
      assert.deepEqual(
        await references(id, cutOff),
        many.map(({ reference }) => reference),
      );
    });

    test('of a stopped subscription still come when they were matched, and then no more', async () => {
      const number = aNumber();
      const { id } = await newSubscriber(store, [number]);
      const told = newMutation(number);
      await accept(told);
      await store.stopSubscription(id, now, 'an');
      assert.equal((await accept(newMutation(number))).deliveries, 0);
      assert.deepEqual(await references(id, cutOff), [told.reference]);
      const all = await store.allSubscriptions();
      assert.equal(all.find((each) => each.id === id)?.nextRunAt, null);
    });

    test('have files that go forward only', async () => {
      const number = aNumber();
      const { id } = await newSubscriber(store, [number]);
      await accept(newMutation(number));
      const fileId = (await store.closeBatch(id, cutOff, freeze)) ?? assert.fail();
      const stateOf = async () => (await store.file(fileId))?.state;
      const facts = { records: 1, size: 3_000_000_000, sha256: 'ab'.repeat(32), at: now };
      assert.equal(await store.markCollected(fileId, now), false, 'not written yet');
      assert.equal(await store.markFailed(fileId, 'disk full'), true);
      assert.equal(await store.markFailed(fileId, 'disk still full'), true);
      const failed = await store.file(fileId);
      assert.deepEqual(
        [failed?.state, failed?.attempts, failed?.lastError],
        ['failed', 2, 'disk still full'],
      );
      assert.deepEqual(
        (await store.filesIn('failed', 10)).map((file) => file.id),
        [fileId],
      );
      assert.equal(await store.markRetried(fileId, false, HAND), true);
      assert.equal(await stateOf(), 'closed');
      assert.equal(await store.markWritten(fileId, facts), true);
      assert.equal(await store.markWritten(fileId, facts), false, 'again');
      const written = await store.file(fileId);
      assert.deepEqual([written?.size, written?.writtenAt, written?.lastError], [3_000_000_000, now, null]);
      assert.equal(await store.markFailed(fileId, 'late'), false);
      assert.equal(await store.markAcknowledged(fileId, now), true);
      assert.equal(await store.markCollected(fileId, now), false, 'later than it is');
      assert.deepEqual((await store.file(fileId))?.collectedAt, now);
      const of = { fileId, partyId: author, channel: null, remoteAddress: null, at: now, detail: null };
      const expired = { ...of, what: 'expired' as const };
      assert.equal(await store.expireFile(fileId, async () => null), false);
      assert.equal(await stateOf(), 'acknowledged');
      assert.equal(await store.expireFile(fileId, async () => expired), true);
      assert.equal(await stateOf(), 'expired');
      const event = {
        ...{
          fileId,
          partyId: author,
          what: 'picked-up' as const,
          channel: 'sftp',
          remoteAddress: '192.0.2.7',
        },
        ...{ at: now, detail: null },
      } as const;
      await store.noteEvent(event);
      assert.deepEqual(await store.eventsOf(fileId), [expired, event]);
    });
  });
