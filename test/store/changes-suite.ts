import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { unlimited } from '../../src/exchange/party.ts';
import type { Edit, PartyImage } from '../../src/store/configuration-image.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newGrant, newParty } from './samples.ts';

const stad: PartyImage = {
  name: 'Stad',
  cbeNumber: '0200000097',
  profile: 'strict',
  profileUntil: null,
  identities: [{ uri: 'stad.example', hoedanigheid: null }],
  certificates: ['CN=stad'],
  networks: ['192.0.2.0/24'],
};
const grant = {
  party: 'Stad',
  ...{ uri: 'stad.example', hoedanigheid: null, service: 'GeefPersoon', version: '02.02' },
  ...{ legalBasis: 'Decreet', validFrom: new Date('2026-01-01'), validUntil: null, visible: ['**'] },
  ...unlimited,
};
const line = {
  party: 'Stad',
  hoedanigheid: '6001',
  subject: { kind: 'person' as const, number: '00610100136' },
  begin: '2026-01-01',
  end: null,
};
const add = (party: PartyImage): Edit => ({ kind: 'party', before: null, after: party });

export const changesSuite = (database: TestDatabase) =>
  describe('changes', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    test('carries out edits in the order in which they need each other, and writes down who made them', async () => {
      const edits: Edit[] = [
        { kind: 'registration', id: null, before: null, after: line },
        { kind: 'grant', id: null, before: null, after: grant },
        add(stad),
      ];
      await store.apply(edits, 'an');
      const image = await store.image('all');
      assert.deepEqual(image.parties, [stad]);
      assert.deepEqual(
        image.grants.map(({ id: _, ...each }) => each),
        [grant],
      );
      assert.deepEqual(
        image.registrations.map(({ id: _, ...each }) => each),
        [line],
      );
      const changes = await store.changes({ limit: 10 });
      assert.deepEqual(
        changes.map(({ who, kind, before }) => [who, kind, before]),
        [
          ['an', 'party', null],
          ['an', 'grant', null],
          ['an', 'registration', null],
        ],
      );
      assert.deepEqual(changes[0]?.after, JSON.parse(JSON.stringify(stad)));
      assert.equal(store.partyOf('CN=stad')?.name, 'Stad');
      const [history] = await store.registrationHistory({ partyId: null, subject: line.subject, limit: 9 });
      assert.deepEqual(history?.by, { operator: 'an' });
    });

    test('moves a certificate from one party to another in one go', async () => {
      const dorp = { ...stad, name: 'Dorp', certificates: ['CN=dorp'] };
      await store.apply([add(dorp)], 'an');
      const edits: Edit[] = [
        { kind: 'party', before: dorp, after: { ...dorp, certificates: ['CN=dorp', 'CN=stad'] } },
        { kind: 'party', before: stad, after: { ...stad, certificates: [] } },
      ];
      await store.apply(edits, 'an');
      assert.equal(store.partyOf('CN=stad')?.name, 'Dorp');
      await store.apply(
        edits.map((each) => ({ ...each, before: each.after, after: each.before }) as Edit),
        'an',
      );
      assert.equal(store.partyOf('CN=stad')?.name, 'Stad');
    });

    test('does nothing of it when one edit does not hold, not even a line in the log', async () => {
      const before = [await store.image('all'), await store.changes({ limit: 100 })];
      const other = { ...stad, name: 'Ander', certificates: ['CN=ander'] };
      const bad: readonly [Edit, RegExp][] = [
        [add({ ...other, name: 'Nog een', certificates: ['CN=stad'] }), /some party's already/],
        [add(stad), /party Stad exists already/],
        [
          { kind: 'party', before: { ...stad, cbeNumber: '0999990420' }, after: null },
          /changed by somebody else/,
        ],
        [{ kind: 'party', before: stad, after: null }, /referred to by grant \d+ and 1 registration/],
        [{ kind: 'grant', id: 4711, before: grant, after: null }, /no longer there/],
        [{ kind: 'grant', id: null, before: null, after: { ...grant, party: 'X' } }, /there is no party X/],
        [
          { kind: 'registration', id: null, before: null, after: { ...line, begin: '2026-02-01' } },
          /2026-01-01 to open\) overlaps it/,
        ],
      ];
      for (const [edit, message] of bad) {
        await assert.rejects(store.apply([add(other), edit], 'an'), (error: Error) => {
          assert.match(error.message, message);
          assert.equal(error.name, 'ChangeRefused');
          return true;
        });
      }
      assert.deepEqual([await store.image('all'), await store.changes({ limit: 100 })], before);
      assert.equal(store.partyOf('CN=ander'), null);
    });

    test('is seen by another process within a second', async () => {
      const other = await openStore(database.url, { clock: systemClock, keys });
      try {
        const source = {
          ...{ name: 'bron', kind: 'rest' as const, url: 'https://bron.example/', deadline: 1000 },
          ...{ maxBytes: 1_000_000, retries: 1, breaker: 3, pause: 1000, signature: 'none' as const },
        };
        await store.apply([{ kind: 'source', before: null, after: source }], 'an');
        const until = Date.now() + 1000;
        while (other.source('bron') === null && Date.now() < until) await pause(20);
        assert.deepEqual(other.source('bron'), source);
        const moved = { ...source, deadline: 2000 };
        await store.apply([{ kind: 'source', before: source, after: moved }], 'bea');
        const [last] = await store.changes({ kind: 'source', limit: 1 });
        assert.deepEqual([last?.who, last?.name, last?.before, last?.after], ['bea', 'bron', source, moved]);
      } finally {
        await other.close();
      }
    });

    test('gives one of two who change the same thing at once the refusal', async () => {
      const other = await openStore(database.url, { clock: systemClock, keys });
      try {
        const change = (who: Store, cbeNumber: string) =>
          who.apply([{ kind: 'party', before: stad, after: { ...stad, cbeNumber } }], cbeNumber);
        const ends = await Promise.allSettled([change(store, '0999990420'), change(other, '0999990519')]);
        assert.deepEqual(ends.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      } finally {
        await other.close();
      }
    });

    test('adds no line over one that a client registers at the same time on another node', async () => {
      const other = await openStore(database.url, { clock: systemClock, keys });
      try {
        const partyId = (await store.parties()).find(({ name }) => name === 'Stad')?.id ?? 0;
        for (let month = 1; month <= 12; month++) {
          const subject = { kind: 'enterprise' as const, number: String(month) };
          const key = { partyId, hoedanigheid: '6001', subject };
          const period = { begin: '2026-01-01', end: null };
          const ends = await Promise.allSettled([
            store.apply(
              [{ kind: 'registration', id: null, before: null, after: { ...line, subject } }],
              'an',
            ),
            other.rewriteRegistrations(
              key,
              (lines) => ({
                ...{ what: 'register', remove: [], result: null },
                add: lines.length === 0 ? [{ ...key, ...period }] : [],
              }),
              { exchange: 'x' },
            ),
          ]);
          assert.equal(ends[1]?.status, 'fulfilled');
          assert.equal((await store.registrations({ partyId, subject })).length, 1);
        }
      } finally {
        await other.close();
      }
    });

    test('keeps acts beside the changes: how each began and ended, or that it did not end', async () => {
      const act = { who: 'an', host: 'beheer-1', behind: 'bea', verb: 'grant remove', given: ['3'] };
      const other = { ...act, id: 'b', who: 'bea', behind: null, verb: 'party add' };
      await store.beginAct({ ...act, id: 'a' });
      await store.beginAct(other);
      await store.beginAct({ ...act, id: 'c', verb: 'audit citizen' });
      await store.endAct({ ...act, id: 'a' }, 'refused', 'there is no grant 3');
      await store.endAct(other, 'done', null);
      const acts = await store.acts({ who: null, verb: null, limit: 3 });
      assert.deepEqual(
        acts.map(({ id, who, outcome, reason, ended }) => [id, who, outcome, reason, ended !== null]),
        [
          ['c', 'an', null, null, false],
          ['b', 'bea', 'done', null, true],
          ['a', 'an', 'refused', 'there is no grant 3', true],
        ],
      );
      const [first] = await store.acts({ who: 'an', verb: 'grant remove', limit: 1 });
      const { at, ended, ...rest } = first ?? assert.fail();
      assert.deepEqual(rest, { ...act, id: 'a', outcome: 'refused', reason: 'there is no grant 3' });
      assert.ok(ended && at <= ended);
      assert.ok((await store.changes({ limit: 100 })).every(({ kind }) => String(kind) !== 'act'));
    });

    test("writes down what the bus changes itself as the bus's", async () => {
      const { id, ...party } = await store.addParty(newParty({ name: 'Huis', certificates: ['CN=huis'] }));
      const { id: grantId } = await store.addGrant(newGrant(id));
      await store.addCertificate(id, 'CN=huis 2');
      await store.removeGrant(grantId);
      const changes = await store.changes({ limit: 4 });
      assert.deepEqual(
        changes.map(({ who, kind, before, after }) => [who, kind, before !== null, after !== null]),
        [
          ['kruispunt', 'grant', true, false],
          ['kruispunt', 'party', true, true],
          ['kruispunt', 'grant', false, true],
          ['kruispunt', 'party', false, true],
        ],
      );
      const after = { ...party, certificates: ['CN=huis', 'CN=huis 2'], networks: [] };
      assert.deepEqual(changes[1]?.after, JSON.parse(JSON.stringify(after)));
    });
  });
