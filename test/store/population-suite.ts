import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import type { Subject } from '../../src/exchange/party.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { inPopulation, registeredDaysIn, registeredDaysInAny } from '../../src/store/registered-sql.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newParty } from './samples.ts';

const person: Subject = { kind: 'person', number: '00610100136' };
const other: Subject = { kind: 'person', number: '74651210490' };
const how = { replace: false, who: 'an', progress: () => {} };

export const populationSuite = (database: TestDatabase, explain: 'EXPLAIN' | 'EXPLAIN QUERY PLAN') =>
  describe('target population', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    test('holds somebody from the first day until the last, and nobody else', async () => {
      await store.putMembers('a', [{ subject: person, begin: '2026-02-10', end: '2026-02-20' }], how);
      const days = ['2026-02-09', '2026-02-10', '2026-02-20', '2026-02-21'];
      const found = await Promise.all(days.map((day) => store.isInPopulation('a', person, day)));
      assert.deepEqual(found, [false, true, true, false]);
      assert.equal(await store.isInPopulation('A', person, '2026-02-15'), false);
      assert.equal(await store.isInPopulation('a', other, '2026-02-15'), false);
      const enterprise = { kind: 'enterprise', number: person.number } as const;
      assert.equal(await store.isInPopulation('a', enterprise, '2026-02-15'), false);
    });

    test('takes thousands in one go, tells how far it is, and replaces whoever was there', async () => {
      const members = Array.from({ length: 2_500 }, (_, at) => ({
        subject: { kind: 'person' as const, number: String(10_000_000_000 + at) },
        ...{ begin: '2020-01-01', end: null },
      }));
      const told: number[] = [];
      await store.putMembers('b', [{ subject: other, begin: '2020-01-01', end: null }], how);
      await store.putMembers('b', members, { ...how, replace: true, progress: (at) => told.push(at) });
      assert.deepEqual(told, [1000, 2000, 2500]);
      assert.equal(await store.isInPopulation('b', other, '2026-01-01'), false);
      assert.deepEqual((await store.populations()).find(({ name }) => name === 'b')?.members, 2500);
      const [last] = await store.changes({ kind: 'population', name: 'b', limit: 1 });
      assert.deepEqual(
        [last?.who, last?.before, last?.after],
        ['an', { members: 1 }, { members: 2500, put: 2500 }],
      );
    });

    test('does nothing of it when one cannot be written', async () => {
      const good = { subject: person, begin: '2020-01-01', end: null };
      const wrong = { ...good, begin: null as unknown as string };
      await assert.rejects(
        store.putMembers('c', [...Array(1000).fill(good), wrong], { ...how, replace: true }),
      );
      assert.equal(await store.isInPopulation('c', person, '2026-01-01'), false);
    });

    test('gives somebody a last day by putting them again, and takes them away', async () => {
      await store.putMembers('d', [{ subject: person, begin: '2020-01-01', end: null }], how);
      await store.putMembers('d', [{ subject: person, begin: '2020-01-01', end: '2020-12-31' }], how);
      assert.deepEqual(await store.membershipsOf('d', person), [
        { subject: person, begin: '2020-01-01', end: '2020-12-31' },
      ]);
      assert.equal(await store.removeMembers('d', person, 'an'), 1);
      assert.equal(await store.removeMembers('d', null, 'an'), 0);
    });

    test('gives the days of all lines of a party on a subject, in a capacity or in any', async () => {
      const mine = (await store.addParty(newParty())).id;
      const line = { partyId: mine, subject: person };
      await store.addRegistration({ ...line, hoedanigheid: 'x', begin: '2020-01-01', end: '2020-12-31' });
      await store.addRegistration({ ...line, hoedanigheid: 'y', begin: '2022-01-01', end: null });
      assert.deepEqual(await store.registeredDays(mine, 'x', person), [
        { begin: '2020-01-01', end: '2020-12-31' },
      ]);
      const any = await store.registeredDays(mine, null, person);
      assert.deepEqual(any.map(({ begin }) => begin).toSorted(), ['2020-01-01', '2022-01-01']);
      assert.deepEqual(await store.registeredDays(mine, 'z', person), []);
    });

    test('goes down an index for a member, and for the days of registrations', async () => {
      const plan = async (sql: string, ...values: (string | number)[]) => {
        const filled = values.reduce<string>(
          (text, value) => text.replace('?', typeof value === 'number' ? String(value) : `'${value}'`),
          sql,
        );
        return JSON.stringify(await database.sql(`${explain} ${filled}`));
      };
      const { kind, number } = person;
      const member = await plan(inPopulation, 'b', kind, number, '2026-01-01', '2026-01-01');
      assert.match(member, /PRIMARY|sqlite_autoindex_population_member/);
      const one = await plan(registeredDaysIn, kind, number, 1, 'x');
      const any = await plan(registeredDaysInAny, kind, number, 1);
      for (const each of [one, any]) assert.match(each, /registration_subject/);
      for (const each of [member, one, any]) assert.doesNotMatch(each, /SCAN |"type":"ALL"/);
    });
  });
