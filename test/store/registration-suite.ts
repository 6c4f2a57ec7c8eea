import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import type { Subject } from '../../src/exchange/party.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newParty } from './samples.ts';

const person: Subject = { kind: 'person', number: '00610100136' };
const work = 'maatschappelijk-werk';

export const registrationSuite = (database: TestDatabase) =>
  describe('registration', () => {
    let store: Store;
    let mine: number;
    let other: number;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
      mine = (await store.addParty(newParty())).id;
      other = (await store.addParty(newParty())).id;
      const registration = { partyId: mine, hoedanigheid: work, subject: person };
      await store.addRegistration({ ...registration, begin: '2026-02-10', end: '2026-02-20' });
      await store.addRegistration({ ...registration, begin: '2026-06-01', end: null });
    });
    after(() => store.close());

    test('counts its first and its last day, and no day outside', async () => {
      const days = ['2026-02-09', '2026-02-10', '2026-02-20', '2026-02-21'];
      const found = await Promise.all(days.map((day) => store.isRegistered(mine, work, person, day)));
      assert.deepEqual(found, [false, true, true, false]);
    });

    test('lasts when it has no end', async () => {
      assert.equal(await store.isRegistered(mine, work, person, '2026-05-31'), false);
      assert.equal(await store.isRegistered(mine, work, person, '2099-01-01'), true);
    });

    test("does not count for another party, another hoedanigheid, another subject, another kind's number", async () => {
      const day = '2026-02-15';
      assert.equal(await store.isRegistered(other, work, person, day), false);
      assert.equal(await store.isRegistered(mine, 'schuldbemiddeling', person, day), false);
      assert.equal(
        await store.isRegistered(mine, work, { kind: 'person', number: '00610100235' }, day),
        false,
      );
      assert.equal(
        await store.isRegistered(mine, work, { kind: 'enterprise', number: person.number }, day),
        false,
      );
    });

    test('counts in whatever hoedanigheid when none is asked for', async () => {
      assert.equal(await store.isRegistered(mine, null, person, '2026-02-15'), true);
      assert.equal(await store.isRegistered(mine, null, person, '2026-03-15'), false);
      assert.equal(await store.isRegistered(other, null, person, '2026-02-15'), false);
    });

    test('lists the registrations of a party and of a subject', async () => {
      const listed = await store.registrations({ partyId: mine, subject: person });
      assert.deepEqual(listed[0], {
        ...{ partyId: mine, hoedanigheid: work, subject: person, begin: '2026-02-10', end: '2026-02-20' },
      });
      assert.equal(listed[1]?.end, null);
      assert.deepEqual(await store.registrations({ partyId: other }), []);
    });
  });
