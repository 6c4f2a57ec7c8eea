import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newGrant, newParty } from './samples.ts';

const huis = 'http://example.test/huis';

export const configurationSuite = (database: TestDatabase) =>
  describe('configuration', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    test('knows a party by each of its certificates', async () => {
      const party = await store.addParty(newParty({ certificates: ['CN=old', 'CN=new'] }));
      assert.deepEqual(store.partyOf('CN=old'), party);
      assert.deepEqual(store.partyOf('CN=new'), party);
      assert.equal(store.partyOf('CN=OLD'), null);
      assert.deepEqual(
        (await store.parties()).find(({ id }) => id === party.id),
        party,
      );
    });

    test('tells certificates apart by case and by accent', async () => {
      const subjects = ['CN=Zoë', 'CN=Zoe', 'CN=zoe'];
      const parties = [];
      for (const subject of subjects)
        parties.push(await store.addParty(newParty({ certificates: [subject] })));
      assert.deepEqual(subjects.map(store.partyOf), parties);
    });

    test('lets another process see a second certificate within a second, without a restart', async () => {
      const party = await store.addParty(newParty({ certificates: ['CN=rolling 2025'] }));
      const other = await openStore(database.url, { clock: systemClock, keys });
      try {
        await store.addCertificate(party.id, 'CN=rolling 2026');
        const until = Date.now() + 1000;
        while (other.partyOf('CN=rolling 2026') === null && Date.now() < until) await pause(20);
        assert.deepEqual(other.partyOf('CN=rolling 2026'), party);
        assert.deepEqual(other.partyOf('CN=rolling 2025'), party);
      } finally {
        await other.close();
      }
    });

    test('takes a party from its networks alone, and from everywhere where it has none', async () => {
      const { id, ...party } = await store.addParty(
        newParty({ name: 'Van hier', certificates: ['CN=van hier'] }),
      );
      assert.equal(store.admits(id, '198.51.100.7'), true);
      const before = (await store.image('none')).parties.find(({ name }) => name === party.name);
      assert.ok(before);
      const after = { ...before, networks: ['192.0.2.0/24', '2001:db8::/32'] };
      await store.apply([{ kind: 'party', before, after }], 'an');
      const admitted = [
        '192.0.2.7',
        '::ffff:192.0.2.7',
        '2001:db8::7',
        '198.51.100.7',
        '::ffff:198.51.100.7',
        'x',
      ];
      assert.deepEqual(
        admitted.map((address) => store.admits(id, address)),
        [true, true, true, false, false, false],
      );
      await store.apply([{ kind: 'party', before: after, after: null }], 'an');
      assert.equal(store.partyOf('CN=van hier'), null);
    });

    test('refuses a certificate that is known already, and leaves nothing of the party that brought it', async () => {
      await store.addParty(newParty({ certificates: ['CN=taken'] }));
      const before = await store.parties();
      const twin = newParty({ certificates: ['CN=free', 'CN=taken'] });
      await assert.rejects(store.addParty(twin), /certificate "CN=taken" is some party's already/);
      assert.deepEqual(await store.parties(), before);
      assert.equal(store.partyOf('CN=free'), null);
    });

    test('refuses the same identity twice, also without hoedanigheid', async () => {
      const identity = { uri: huis, hoedanigheid: null };
      await assert.rejects(store.addParty(newParty({ identities: [identity, identity] })));
    });

    test('wants an end date for every profile but strict', async () => {
      const lenient = { profile: 'magda-2.0' as const };
      await assert.rejects(store.addParty(newParty(lenient)), /needs an end date/);
      const until = new Date('2026-12-31T23:59:59.999Z');
      const party = await store.addParty(
        newParty({ ...lenient, profileUntil: until, certificates: ['CN=tls'] }),
      );
      assert.deepEqual(party.profileUntil, until);
      assert.deepEqual(store.partyOf('CN=tls')?.profileUntil, until);
    });

    test('keeps the limits and the controls of a grant', async () => {
      const party = await store.addParty(newParty());
      const throttle = { max: 5, within: 1000 };
      const limits = {
        population: 'jeugd',
        dataFrom: '2020-01-01',
        dataUntil: null,
        writable: ['Bewijs/**'],
        encrypted: true,
      };
      const controls = { registration: false, population: null, period: 'clip' as const, throttle };
      const grant = await store.addGrant(newGrant(party.id, { ...limits, controls }));
      assert.deepEqual(
        (await store.grants()).find(({ id }) => id === grant.id),
        { ...newGrant(party.id), ...limits, controls, id: grant.id },
      );
    });

    test('grants from the first millisecond until the last but one', async () => {
      const { id } = await store.addParty(newParty());
      const grant = await store.addGrant(newGrant(id));
      const asked = {
        ...{ partyId: id, uri: huis, hoedanigheid: null, service: 'GeefPersoon', version: '02.00' },
        at: grant.validFrom,
      };
      const at = (time: string) => store.grantFor({ ...asked, at: new Date(time) });
      assert.equal(at('2025-12-31T23:59:59.999Z'), null);
      assert.deepEqual(at('2026-01-01T00:00:00.000Z'), grant);
      assert.deepEqual(at('2026-12-31T23:59:59.999Z'), grant);
      assert.equal(at('2027-01-01T00:00:00.000Z'), null);
      assert.equal(store.grantFor({ ...asked, version: '02.01' }), null);
      assert.equal(store.grantFor({ ...asked, uri: `${huis}/` }), null);
      assert.equal(store.grantFor({ ...asked, service: 'GeefAdres' }), null);
      assert.equal(store.grantFor({ ...asked, partyId: id + 1 }), null);
    });

    test('prefers the grant that names the hoedanigheid, as long as it is valid', async () => {
      const { id } = await store.addParty(newParty());
      const general = await store.addGrant(newGrant(id, { validUntil: null }));
      const named = await store.addGrant(newGrant(id, { hoedanigheid: 'schuldbemiddeling' }));
      const grantFor = (hoedanigheid: string | null, time: string) =>
        store.grantFor({
          ...{ partyId: id, uri: huis, hoedanigheid, service: 'GeefPersoon', version: '02.00' },
          at: new Date(time),
        });
      assert.deepEqual(grantFor('schuldbemiddeling', '2026-06-01'), named);
      assert.deepEqual(grantFor('schuldbemiddeling', '2027-06-01'), general);
      assert.deepEqual(grantFor('iets anders', '2026-06-01'), general);
      assert.deepEqual(grantFor(null, '2026-06-01'), general);
      assert.equal(await store.removeGrant(general.id), true);
      assert.equal(await store.removeGrant(general.id), false);
      assert.equal(grantFor(null, '2026-06-01'), null);
      assert.deepEqual(
        (await store.grants()).filter(({ partyId }) => partyId === id),
        [named],
      );
    });

    test('replaces a source of the same name', async () => {
      const source = {
        ...{ name: 'register', kind: 'soap' as const, url: null, deadline: 9000 },
        ...{ maxBytes: 1_000_000, retries: 1, breaker: 3, pause: 1000, signature: 'strict' as const },
      };
      await store.putSource(source);
      assert.deepEqual(store.source('register'), source);
      const moved = { ...source, url: 'https://register.example.test/', signature: 'none' as const };
      await store.putSource(moved);
      assert.deepEqual(store.source('register'), moved);
      assert.deepEqual(await store.sources(), [moved]);
      assert.equal(store.source('Register'), null);
    });
  });
