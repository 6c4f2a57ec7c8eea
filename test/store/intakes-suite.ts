import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import type { Intake } from '../../src/exchange/intake.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { NewIntake } from '../../src/store/intakes.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newMutation, newSubscriber } from './publication-samples.ts';
import { newParty } from './samples.ts';

const at = new Date('2026-05-10T08:00:00.000Z');
const later = new Date('2026-05-10T09:00:00.000Z');
const numbers = ['90000000001', '90000000002'];

export const intakesSuite = (database: TestDatabase) =>
  describe('files that parties lay down', { concurrency: false }, () => {
    let stores: readonly Store[];
    let partyId = 0;
    before(async () => {
      const open = () => openStore(database.url, { clock: systemClock, keys });
      stores = [await open(), await open()];
      partyId = (await stores[0]?.addParty(newParty({ name: 'Bron' })))?.id ?? assert.fail();
      await newSubscriber(oneOf(0), numbers);
      while (stores.some((store) => store.subscriptions().length === 0))
        await new Promise((resolve) => setTimeout(resolve, 50));
    });
    after(async () => {
      for (const store of stores) await store.close();
    });
    const oneOf = (index: number): Store => stores[index] ?? assert.fail();

    let flow = 0;
    /** A row of a flow of its own, unless it is told of which. */
    const add = async (changes: Partial<NewIntake> = {}): Promise<Intake> => {
      const made = await oneOf(0).addIntake({
        ...{ partyId, voucherId: randomUUID(), uri: 'bron.example', hoedanigheid: '101', legalBasis: 'wet' },
        ...{ service: `P${++flow}`, version: '02.02', sequence: 1, fileName: 'b.xml', sha256: 'ab', size: 9 },
        ...{ records: 2, state: 'received', problems: [], at, endedAt: null },
        ...changes,
      });
      return made ?? assert.fail('it was there');
    };
    const toDo = async () => (await oneOf(1).intakesToDo(100)).map(({ id }) => id);
    const counting = async (changes: Partial<NewIntake> = {}) => {
      const made = await add(changes);
      assert.ok(await oneOf(0).markValidated(made.id));
      assert.ok(await oneOf(0).markTaking(made.id));
      return made;
    };
    const taken = async (changes: Partial<NewIntake> = {}) => {
      const made = await counting(changes);
      assert.ok(await oneOf(0).markTaken(made.id, later));
      await oneOf(0).markReceipt(made.id, 'ACCEPTED');
      return made;
    };

    test('have one row a voucher, whoever sees it first', async () => {
      const one = await add({
        problems: [{ code: 'FILE_MISSING', record: null, reference: null, detail: 'é' }],
      });
      const { id: _, takenRecords, duplicates, receipt, clearedAt, ...same } = one;
      assert.equal(await oneOf(1).addIntake(same), null);
      assert.deepEqual(await oneOf(1).intakeOf(partyId, one.voucherId), one);
      assert.deepEqual(
        [takenRecords, duplicates, receipt, clearedAt, one.problems[0]?.detail],
        [0, 0, null, null, 'é'],
      );
      assert.deepEqual((await oneOf(1).intakes({ partyId, states: ['received'], limit: 1 }))[0], one);
      await oneOf(0).markRejected(one.id, [], at);
    });

    test('only one of two with the same number ever counts', async () => {
      const [one, other] = [await add({ service: 'Same' }), await add({ service: 'Same' })];
      for (const { id } of [one, other]) assert.ok(await oneOf(0).markValidated(id));
      const won = await Promise.all([oneOf(0).markTaking(one.id), oneOf(1).markTaking(other.id)]);
      assert.deepEqual(won.toSorted(), [false, true]);
      const last = await oneOf(1).lastTaken(one);
      assert.equal(last?.id, won[0] ? one.id : other.id);
      assert.equal((await oneOf(0).intake(won[0] ? other.id : one.id))?.state, 'validated');
      assert.equal(await oneOf(0).lastTaken({ ...one, service: 'None' }), null);
      for (const { id } of [one, other]) {
        await oneOf(0).markTaken(id, later);
        await oneOf(0).markRejected(id, [], later);
      }
    });

    test('go forward only', async () => {
      const { id } = await taken();
      assert.equal(await oneOf(0).markHeld(id, []), false);
      assert.equal(await oneOf(0).markValidated(id), false);
      assert.equal(await oneOf(0).markTaking(id), false);
      assert.equal(await oneOf(0).markRejected(id, [], later), false);
      assert.equal(await oneOf(0).markTaken(id, later), false);
    });

    test('are taken once, whoever is at it, with how far it is in the same transaction', async () => {
      const { id } = await counting({ records: 4 });
      const batch = numbers.map((number) => newMutation(number));
      const stretch = { id, from: 0, upTo: 2 };
      const both = await Promise.allSettled(
        stores.map((store) => store.takeMutations(stretch, batch, partyId)),
      );
      assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      const wanted = [newMutation(numbers[0] ?? ''), ...batch.slice(1)];
      const { accepted, duplicates } = await oneOf(1).takeMutations(
        { id, from: 2, upTo: 4 },
        wanted,
        partyId,
      );
      assert.deepEqual([accepted, duplicates], [1, 1]);
      const row = await oneOf(0).intake(id);
      assert.deepEqual([row?.takenRecords, row?.duplicates], [4, 1]);
      const [counted] = await database.sql('SELECT COUNT(*) AS count FROM mutation');
      assert.equal(Number(counted?.count), 3);
      await oneOf(0).markTaken(id, later);
    });

    test('of a stretch with a reference that stands for something else nothing is taken', async () => {
      const { id } = await counting();
      const known = newMutation(numbers[0] ?? '');
      await oneOf(0).acceptMutations([known], partyId);
      const other = { ...known, type: '03' as const };
      assert.deepEqual(await oneOf(1).reusedReferences([other, newMutation('1')], partyId), [
        known.reference,
      ]);
      assert.deepEqual(await oneOf(1).reusedReferences([known], partyId), []);
      await assert.rejects(
        oneOf(0).takeMutations({ id, from: 0, upTo: 2 }, [newMutation('1'), other], partyId),
        { name: 'ReferenceReused' },
      );
      assert.equal((await oneOf(0).intake(id))?.takenRecords, 0);
      await oneOf(0).addProblems(id, [{ code: '40144', record: 1, reference: 'a', detail: 'b' }]);
      await oneOf(0).addProblems(id, [{ code: '40144', record: 2, reference: 'c', detail: 'd' }]);
      assert.deepEqual(
        (await oneOf(0).intake(id))?.problems.map(({ record }) => record),
        [1, 2],
      );
      await oneOf(0).markTaken(id, later);
    });

    test('are found by the sweep until nothing is left to do or to tell', async () => {
      for (const id of await toDo()) {
        const ended = await oneOf(0).intake(id);
        await oneOf(0).markReceipt(id, ended?.state === 'taken' ? 'ACCEPTED' : 'REJECTED');
      }
      assert.deepEqual(await toDo(), []);
      const service = 'Swept';
      const third = await add({ service, sequence: 3 });
      assert.deepEqual(await toDo(), [third.id]);
      await oneOf(0).markHeld(third.id, []);
      assert.deepEqual(await toDo(), [third.id], 'its party was not told');
      await oneOf(0).markReceipt(third.id, 'WAITING_FOR_SEQUENCE');
      assert.deepEqual(await toDo(), []);
      await taken({ service, sequence: 1 });
      assert.deepEqual(await toDo(), [], 'number 2 has not come');
      assert.deepEqual(await oneOf(0).heldAs({ ...third, sequence: 2 }), []);
      const second = await counting({ service, sequence: 2 });
      assert.deepEqual(await toDo(), [second.id]);
      assert.deepEqual(await oneOf(0).heldAs({ ...second, sequence: 3 }), [{ id: third.id }]);
      await oneOf(0).markTaken(second.id, later);
      assert.deepEqual(await toDo(), [third.id, second.id], 'its turn has come; the other is to be told');
      await oneOf(0).markRejected(third.id, [], later);
      await oneOf(0).markReceipt(second.id, 'ACCEPTED');
      assert.deepEqual(await toDo(), [third.id]);
      await oneOf(0).markReceipt(third.id, 'REJECTED');
      assert.deepEqual(await toDo(), []);
    });

    test('are cleared once, so long after they ended', async () => {
      const ids = async (by: Date) => (await oneOf(0).intakesToClear(by, 100)).map(({ id }) => id);
      const held = await add();
      await oneOf(0).markHeld(held.id, []);
      const old = await taken();
      assert.ok(!(await ids(new Date(later.getTime() - 1))).includes(old.id));
      assert.ok((await ids(later)).includes(old.id) && !(await ids(later)).includes(held.id));
      assert.ok(await oneOf(0).markCleared(old.id, later));
      assert.equal(await oneOf(0).markCleared(held.id, later), false);
      assert.ok(!(await ids(later)).includes(old.id));
      const { intakes } = await oneOf(0).publicationFigures();
      assert.equal(intakes.find(({ state }) => state === 'held')?.count, 1);
    });
  });
