import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../src/exchange/clock.ts';
import { unlimited } from '../../src/exchange/party.ts';
import type { Edit, GrantImage } from '../../src/store/configuration-image.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';

const NOW = new Date('2026-03-02T10:00:00.000Z');
const grant: GrantImage = {
  party: 'Stad',
  ...{ uri: 'stad.example', hoedanigheid: null, service: 'GeefPersoon', version: '02.02' },
  ...{ legalBasis: 'Decreet', validFrom: new Date('2026-01-01'), validUntil: null },
  ...{ ...unlimited, visible: ['Persoon/INSZ'] },
};
const wider = { ...grant, visible: ['Persoon/INSZ', 'Persoon/Naam'] };
const stad = {
  ...{ name: 'Stad', cbeNumber: '0200000097', profile: 'strict' as const, profileUntil: null },
  ...{ identities: [{ uri: 'stad.example', hoedanigheid: null }], certificates: ['CN=stad'], networks: [] },
};
const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof Error && error.name === 'ChangeRefused' && pattern.test(error.message);

export const grantApprovalsSuite = (database: TestDatabase) =>
  describe('grants that need a second person', () => {
    let store: Store;
    let now = NOW;
    const clock: Clock = { now: () => now };
    before(async () => {
      store = await openStore(database.url, { clock });
      await store.apply([{ kind: 'party', before: null, after: stad }], 'an');
      await store.demandSecondPerson('an');
    });
    after(() => store.close());
    beforeEach(async () => {
      now = NOW;
      for (const { number } of await store.waitingGrants()) await store.rejectWaiting(number, 'cor');
      const { grants } = await store.image('none');
      const gone = grants.map(
        ({ id, ...image }): Edit => ({ kind: 'grant', id, before: image, after: null }),
      );
      await store.apply(gone, 'cor');
    });

    const partyId = async () => (await store.parties()).find(({ name }) => name === 'Stad')?.id ?? 0;
    const inForce = async () => {
      const question = { uri: 'stad.example', hoedanigheid: null, service: 'GeefPersoon', version: '02.02' };
      return store.grantFor({ ...question, partyId: await partyId(), at: now })?.visible ?? null;
    };
    const ask = async (edit: Edit, who = 'an'): Promise<number> =>
      (await store.apply([edit], who))[0] ?? assert.fail('it waits');
    const added = (after = grant): Edit => ({ kind: 'grant', id: null, before: null, after });
    const approvedGrant = async () => {
      await store.approveWaiting(await ask(added()), 'bea');
      return (await store.image('none')).grants[0]?.id ?? assert.fail('it is in force');
    };

    test('are not used before another user approves them, and then are, everywhere within a second', async () => {
      const other = await openStore(database.url, { clock });
      try {
        const number = await ask(added());
        assert.equal(await inForce(), null);
        assert.deepEqual((await store.image('none')).grants, []);
        const [waiting] = await store.waitingGrants();
        assert.deepEqual(waiting, {
          ...{ number, at: NOW, who: 'an' },
          edit: { kind: 'grant', id: null, before: null, after: grant },
        });
        await assert.rejects(
          store.approveWaiting(number, 'an'),
          refused(/an asked for number \d+: somebody/),
        );
        assert.equal(await inForce(), null);
        await store.approveWaiting(number, 'bea');
        assert.deepEqual(await inForce(), ['Persoon/INSZ']);
        const question = {
          uri: 'stad.example',
          hoedanigheid: null,
          service: 'GeefPersoon',
          version: '02.02',
        };
        const there = async () => other.grantFor({ ...question, partyId: await partyId(), at: now });
        for (const until = Date.now() + 1_000; (await there()) === null && Date.now() < until; )
          await pause(20);
        assert.notEqual(await there(), null);
        assert.deepEqual(await store.waitingGrants(), []);
      } finally {
        await other.close();
      }
    });

    test('stay as they are while more waits; less is done at once', async () => {
      const id = await approvedGrant();
      const number = await ask({ kind: 'grant', id, before: grant, after: wider });
      assert.deepEqual(await inForce(), ['Persoon/INSZ']);
      await store.approveWaiting(number, 'bea');
      assert.deepEqual(await inForce(), ['Persoon/INSZ', 'Persoon/Naam']);
      const narrowed = await store.apply([{ kind: 'grant', id, before: wider, after: grant }], 'an');
      assert.deepEqual([narrowed, await inForce()], [[], ['Persoon/INSZ']]);
      assert.deepEqual(await store.apply([{ kind: 'grant', id, before: grant, after: null }], 'an'), []);
      assert.equal(await inForce(), null);
    });

    test('come in force as the second person saw them, or not', async () => {
      const id = await approvedGrant();
      const number = await ask({ kind: 'grant', id, before: grant, after: wider });
      const ends = { ...grant, validUntil: new Date('2026-06-01') };
      await store.apply([{ kind: 'grant', id, before: grant, after: ends }], 'an');
      await assert.rejects(
        store.approveWaiting(number, 'bea'),
        refused(/changed by somebody else meanwhile/),
      );
      assert.deepEqual(await inForce(), ['Persoon/INSZ']);
      assert.equal((await store.waitingGrants()).length, 1, 'it can still be rejected');
    });

    test('wait no longer once they are removed, or rejected by anybody', async () => {
      const id = await approvedGrant();
      const number = await ask({ kind: 'grant', id, before: grant, after: wider });
      await store.apply([{ kind: 'grant', id, before: grant, after: null }], 'an');
      await assert.rejects(store.approveWaiting(number, 'bea'), refused(/nothing waits under number/));
      const again = await ask(added());
      await store.rejectWaiting(again, 'an');
      await assert.rejects(store.approveWaiting(again, 'bea'), refused(/nothing waits/));
      await assert.rejects(store.rejectWaiting(again, 'bea'), refused(/nothing waits/));
      assert.equal(await inForce(), null);
    });

    test('are not approved once their period is over', async () => {
      const number = await ask(added({ ...grant, validUntil: new Date('2026-04-01') }));
      now = new Date('2026-04-01');
      await assert.rejects(store.approveWaiting(number, 'bea'), refused(/that is past/));
    });

    test('come in force once when two approve at the same moment', async () => {
      const other = await openStore(database.url, { clock });
      try {
        for (let round = 0; round < 5; round++) {
          const number = await ask(added());
          const ends = await Promise.allSettled([
            store.approveWaiting(number, 'bea'),
            other.approveWaiting(number, 'cor'),
          ]);
          assert.deepEqual(ends.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
          const { grants } = await store.image('none');
          assert.equal(grants.length, 1);
          for (const { id, ...image } of grants)
            await store.apply([{ kind: 'grant', id, before: image, after: null }], 'cor');
        }
      } finally {
        await other.close();
      }
    });

    test('are asked for once, however often a file says the same', async () => {
      const numbers = [await ask(added()), await ask(added(), 'bea')];
      assert.equal(numbers[0], numbers[1]);
      assert.equal((await store.waitingGrants())[0]?.who, 'an', 'who asked first is not the second person');
    });

    test('let the rest of a change through, and keep their party there', async () => {
      const dorp = { ...stad, name: 'Dorp', certificates: ['CN=dorp'] };
      const numbers = await store.apply(
        [{ kind: 'party', before: null, after: dorp }, added({ ...grant, party: 'Dorp' })],
        'an',
      );
      assert.equal(numbers.length, 1);
      const gone: Edit = { kind: 'party', before: dorp, after: null };
      await assert.rejects(store.apply([gone], 'an'), refused(/referred to by waiting grant \d+/));
      const renamed = { ...dorp, name: 'Gehucht' };
      await store.apply([{ kind: 'party', before: dorp, after: renamed }], 'an');
      assert.equal((await store.waitingGrants())[0]?.edit?.after.party, 'Gehucht');
      await store.rejectWaiting(numbers[0] ?? 0, 'bea');
      await store.apply([{ kind: 'party', before: renamed, after: null }], 'an');
    });

    test('are written down at each step, with who took it', async () => {
      await store.rejectWaiting(await ask(added()), 'cor');
      const number = await ask(added());
      await store.approveWaiting(number, 'bea');
      const changes = (await store.changes({ limit: 5 })).map(({ who, kind, before, after }) => [
        ...[who, kind, before && 'asked' in Object(before) ? Object(before).asked : null],
        after === null ? 'gone' : 'there',
      ]);
      assert.deepEqual(changes, [
        ['bea', 'grant', null, 'there'],
        ['bea', 'waiting', 'an', 'there'],
        ['an', 'waiting', null, 'there'],
        ['cor', 'waiting', 'an', 'gone'],
        ['an', 'waiting', null, 'there'],
      ]);
    });

    test('stop needing one when a second person says so', async () => {
      const number = await store.askEndOfSecondPerson('an');
      assert.equal(await store.askEndOfSecondPerson('bea'), number);
      assert.equal(await store.grantsNeedSecondPerson(), true);
      await assert.rejects(store.approveWaiting(number, 'an'), refused(/somebody else/));
      await store.approveWaiting(number, 'bea');
      assert.equal(await store.grantsNeedSecondPerson(), false);
      assert.deepEqual(await store.apply([added()], 'an'), []);
      assert.deepEqual(await inForce(), ['Persoon/INSZ']);
      await assert.rejects(store.askEndOfSecondPerson('an'), refused(/need no second person/));
      await store.demandSecondPerson('an');
      await assert.rejects(
        store.addGrant({ ...grant, partyId: await partyId() }),
        refused(/need a second person here/),
      );
    });
  });
