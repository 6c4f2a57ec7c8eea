import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

export const pickupSuite = (database: TestDatabase) =>
  describe('pick-up access', () => {
    let store: Store;
    let partyId = 0;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
      const party = { name: 'an', cbeNumber: '0999990420', profile: 'strict', profileUntil: null } as const;
      partyId = (await store.addParty({ ...party, identities: [], certificates: [] })).id;
    });
    after(() => store.close());

    test('is found by its user name, letter for letter, until it is taken away', async () => {
      const until = new Date('2030-01-01T00:00:00Z');
      const access = {
        partyId,
        userName: 'An',
        kind: 'key',
        secret: 'ssh-ed25519 AAAA',
        validUntil: until,
      } as const;
      const made = await store.addPickupAccess(access, 'bert');
      assert.deepEqual(await store.pickupAccessOf('An'), { ...access, id: made.id });
      assert.equal(await store.pickupAccessOf('an'), null);
      await assert.rejects(store.addPickupAccess(access, 'bert'), /already/);
      assert.equal(await store.removePickupAccess('An', 'bert'), true);
      assert.equal(await store.removePickupAccess('An', 'bert'), false);
      assert.equal(await store.pickupAccessOf('An'), null);
    });

    test('is written down with who changed it; of a password nothing is told', async () => {
      const common = { partyId, kind: 'password', validUntil: null } as const;
      await store.addPickupAccess({ ...common, userName: 'web', secret: 'scrypt$a$b' }, 'bert');
      const [change] = await store.changes({ kind: 'pickup', limit: 1 });
      assert.deepEqual([change?.name, change?.who, change?.before], ['web', 'bert', null]);
      assert.deepEqual(change?.after, { party: 'an', userName: 'web', kind: 'password', validUntil: null });
    });

    test('stands in the way of taking its party away', async () => {
      const [party] = (await store.image('none')).parties;
      assert.ok(party);
      await assert.rejects(
        store.apply([{ kind: 'party', before: party, after: null }], 'bert'),
        /access web/,
      );
      assert.equal(await store.removePickupAccess('web', 'bert'), true);
      await store.apply([{ kind: 'party', before: party, after: null }], 'bert');
    });
  });
