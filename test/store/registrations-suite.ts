import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Registration, Subject } from '../../src/exchange/party.ts';
import { keepRepertory, type Repertory } from '../../src/registers/repertory.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newParty } from './samples.ts';

const person: Subject = { kind: 'person', number: '00610100108' };
const somebodyElse: Subject = { kind: 'person', number: '00610100207' };
const work = 'maatschappelijk-werk';
const by = { exchange: '7f3c3a52-0000-4000-8000-000000000001' };
const everything = { begin: null, end: null };

/** The repertory over a real database. */
export const registrationsSuite = (database: TestDatabase) =>
  describe('registrations', { concurrency: false }, () => {
    let now = new Date('2026-05-10T08:00:00.123Z');
    let store: Store;
    let repertory: Repertory;
    before(async () => {
      store = await openStore(database.url, { clock: { now: () => now }, keys });
      repertory = keepRepertory(store);
    });
    after(() => store.close());

    /** A key of its own for each test. */
    const aKey = async (subject = person) => ({
      partyId: (await store.addParty(newParty())).id,
      hoedanigheid: work,
      subject,
    });
    const all = { hoedanigheid: null, subject: null, period: null, limit: 100 };
    const days = (lines: readonly Registration[]) =>
      lines.map(({ begin, end }) => `${begin}/${end ?? ''}`).sort();

    test('are kept as one line where they overlap, and checked as such', async () => {
      const key = await aKey();
      await repertory.register({ ...key, begin: '2026-01-01', end: '2026-01-31' }, by);
      await repertory.register({ ...key, begin: '2026-03-01', end: null }, by);
      await repertory.register({ ...key, begin: '2026-01-31', end: '2026-02-10' }, by);
      const lines = await store.registrationsOf({ ...all, ...key });
      assert.deepEqual(lines, [
        { ...key, begin: '2026-01-01', end: '2026-02-10' },
        { ...key, begin: '2026-03-01', end: null },
      ]);
      assert.equal(await store.isRegistered(key.partyId, work, person, '2026-02-10'), true);
      await repertory.unregister({ ...key, begin: '2026-02-01', end: '2026-03-31' }, by);
      assert.equal(await store.isRegistered(key.partyId, work, person, '2026-02-10'), false);
      assert.deepEqual(days(await store.registrationsOf({ ...all, ...key })), [
        '2026-01-01/2026-01-31',
        '2026-04-01/',
      ]);
    });

    test('leave those of another party, capacity, subject and kind of subject alone', async () => {
      const key = await aKey();
      const other = await aKey();
      const neighbours = [
        other,
        { ...key, hoedanigheid: 'schuldbemiddeling' },
        { ...key, subject: somebodyElse },
        { ...key, subject: { kind: 'enterprise', number: person.number } as const },
      ];
      for (const each of [key, ...neighbours]) {
        const { outcome } = await repertory.register({ ...each, begin: '2026-01-01', end: null }, by);
        assert.equal(outcome, 'registered');
      }
      await repertory.unregister({ ...key, ...everything }, by);
      for (const each of neighbours) {
        assert.equal((await store.registrationsOf({ ...all, ...each })).length, 1);
      }
      assert.deepEqual(await store.registrationsOf({ ...all, ...key }), []);
    });

    test('are listed by capacity, subject and days, as many as asked', async () => {
      const key = await aKey();
      const { partyId } = key;
      await repertory.register({ ...key, begin: '2026-06-01', end: null }, by);
      await repertory.register({ ...key, begin: '2026-01-01', end: '2026-01-31' }, by);
      await repertory.register(
        { ...key, hoedanigheid: 'andere', begin: '2025-01-01', end: '2025-12-31' },
        by,
      );
      await repertory.register({ ...key, subject: somebodyElse, begin: '2024-01-01', end: null }, by);
      const list = async (narrower: object) =>
        days(await store.registrationsOf({ ...all, partyId, ...narrower }));
      const person1 = ['2025-01-01/2025-12-31', '2026-01-01/2026-01-31', '2026-06-01/'];
      assert.deepEqual(await list({}), ['2024-01-01/', ...person1]);
      assert.deepEqual(await list({ subject: person }), person1);
      assert.deepEqual(await list({ subject: person, limit: 2 }), person1.slice(0, 2));
      assert.deepEqual(await list({ hoedanigheid: 'andere' }), person1.slice(0, 1));
      const within = (begin: string | null, end: string | null) =>
        list({ subject: person, period: { begin, end } });
      assert.deepEqual(await within('2025-12-31', '2026-01-01'), person1.slice(0, 2));
      assert.deepEqual(await within('2026-02-01', '2026-05-31'), []);
      assert.deepEqual(await within('2026-01-31', null), person1.slice(1));
      assert.deepEqual(await within(null, '2025-06-01'), person1.slice(0, 1));
    });

    test('have a history of what was changed, from what into what, when and by whom', async () => {
      const key = await aKey();
      await repertory.register({ ...key, begin: '2026-01-01', end: '2026-01-31' }, by);
      now = new Date('2026-05-11T09:30:00.456Z');
      await repertory.unregister(
        { ...key, begin: '2026-01-10', end: '2026-01-12' },
        { operator: 'an.peeters' },
      );
      const filter = { partyId: key.partyId, subject: person, limit: 10 };
      assert.deepEqual(await store.registrationHistory(filter), [
        {
          ...{ ...key, what: 'register', by, at: new Date('2026-05-10T08:00:00.123Z') },
          ...{ before: [], after: [{ begin: '2026-01-01', end: '2026-01-31' }] },
        },
        {
          ...{ ...key, what: 'unregister', by: { operator: 'an.peeters' }, at: now },
          before: [{ begin: '2026-01-01', end: '2026-01-31' }],
          after: [
            { begin: '2026-01-01', end: '2026-01-09' },
            { begin: '2026-01-13', end: '2026-01-31' },
          ],
        },
      ]);
    });

    test('leave no history when nothing changed', async () => {
      const key = await aKey();
      await repertory.unregister({ ...key, ...everything }, by);
      await repertory.register({ ...key, begin: '2026-01-01', end: null }, by);
      await repertory.register({ ...key, begin: '2026-02-01', end: null }, by);
      const changes = await store.registrationHistory({ partyId: key.partyId, subject: null, limit: 10 });
      assert.equal(changes.length, 1);
    });

    test('are as they were when the change fails half-way', async () => {
      const key = await aKey();
      await repertory.register({ ...key, begin: '2026-01-01', end: null }, by);
      await database.sql('ALTER TABLE registration_history RENAME TO registration_history_away');
      await assert.rejects(repertory.unregister({ ...key, ...everything }, by));
      await database.sql('ALTER TABLE registration_history_away RENAME TO registration_history');
      assert.deepEqual(days(await store.registrationsOf({ ...all, ...key })), ['2026-01-01/']);
    });

    test('of a party that does not exist are refused', async () => {
      const nobody = { partyId: 2_000_000, hoedanigheid: work, subject: person };
      await assert.rejects(
        repertory.register({ ...nobody, begin: '2026-01-01', end: null }, by),
        /foreign key/i,
      );
      assert.deepEqual(
        await store.registrationHistory({ partyId: nobody.partyId, subject: null, limit: 1 }),
        [],
      );
    });

    test('that overlap from before they were merged become one line when one of them is touched', async () => {
      const key = await aKey();
      for (const [begin, end] of [
        ['2026-01-01', '2026-01-20'],
        ['2026-01-10', '2026-01-31'],
      ]) {
        await database.sql(
          `INSERT INTO registration (party_id, hoedanigheid, subject_kind, subject_number, begin_day, end_day)
           VALUES (${key.partyId}, '${work}', 'person', '${person.number}', '${begin}', '${end}')`,
        );
      }
      await repertory.register({ ...key, begin: '2026-01-02', end: '2026-01-03' }, by);
      assert.deepEqual(days(await store.registrationsOf({ ...all, ...key })), ['2026-01-01/2026-01-31']);
    });
  });
