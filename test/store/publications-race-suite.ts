import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { freeze, newMutation, newSubscriber, recordsIn } from './publication-samples.ts';
import { newParty } from './samples.ts';

const BATCHES = 60;
const numbers = ['90000000001', '90000000002', '90000000003'];

/** Two nodes that take mutations and close batches at the same time. */
export const publicationsRaceSuite = (database: TestDatabase) =>
  describe('publications raced for', { concurrency: false }, () => {
    let stores: readonly Store[];
    before(async () => {
      const open = () => openStore(database.url, { clock: systemClock, keys });
      stores = [await open(), await open()];
    });
    after(async () => {
      for (const store of stores) await store.close();
    });
    const oneOf = (index: number): Store => stores[index % stores.length] ?? assert.fail();
    const untilSeen = async (id: number) => {
      while (!stores.every((store) => store.subscriptions().some((each) => each.id === id))) await pause(50);
    };

    test('every delivery lands in exactly one file, in order, and numbers have no gap', async () => {
      const { id: author } = await oneOf(0).addParty(newParty({ name: 'Bron' }));
      const subscribers = [await newSubscriber(oneOf(0), numbers), await newSubscriber(oneOf(1), numbers)];
      for (const { id } of subscribers) await untilSeen(id);
      let accepting = true;
      const told: string[] = [];
      const tell = async (writer: number) => {
        for (let batch = 0; batch < BATCHES; batch += 1) {
          const mutations = numbers.map((number, n) =>
            newMutation(number, { reference: `${writer}/${batch}/${n}` }),
          );
          const result = await oneOf(writer).acceptMutations(mutations, author);
          assert.equal(result.deliveries, numbers.length * subscribers.length);
          await pause(10); // or one node would keep the file's lock to itself
          told.push(...mutations.map(({ reference }) => reference));
        }
      };
      let moment = Date.parse('2026-01-05T00:00:00Z');
      const fileIds = new Map(subscribers.map(({ id }) => [id, new Set<number>()]));
      const close = async () => {
        moment += 60_000;
        const cutOff = new Date(moment);
        for (const { id } of subscribers) {
          // Both nodes and a repeated job close the same batch.
          const ids = await Promise.all([0, 1, 2].map((node) => oneOf(node).closeBatch(id, cutOff, freeze)));
          assert.equal(new Set(ids).size, 1);
          for (const fileId of ids) if (fileId !== null) fileIds.get(id)?.add(fileId);
        }
      };
      const closing = (async () => {
        while (accepting) await close();
        await close();
      })();
      await Promise.all([0, 1, 2, 3].map(tell)).finally(() => {
        accepting = false;
      });
      await closing;
      for (const { id } of subscribers) {
        const files = [...(fileIds.get(id) ?? [])];
        assert.ok(files.length > 3, `${files.length} files were closed meanwhile`);
        const sequences: (number | undefined)[] = [];
        const got: string[] = [];
        for (const fileId of files) {
          sequences.push((await oneOf(0).file(fileId))?.sequence);
          const records = await recordsIn(oneOf(1), fileId);
          got.push(...records.map(({ reference }) => reference));
        }
        assert.deepEqual(
          sequences,
          sequences.map((_, index) => index + 1),
        );
        assert.deepEqual(got.toSorted(), told.toSorted());
        for (const writer of [0, 1, 2, 3]) {
          const own = got.filter((reference) => reference.startsWith(`${writer}/`));
          const batches = own.map((reference) => Number(reference.split('/')[1]));
          assert.deepEqual(
            batches,
            batches.toSorted((a, b) => a - b),
            'what came later is told later',
          );
        }
      }
    });

    test('the same told to two nodes at once is taken once', async () => {
      const { id: author } = await oneOf(0).addParty(newParty({ name: 'Bron' }));
      const same = Array.from({ length: 20 }, (_, n) =>
        newMutation('90000000009', { reference: `same-${n}` }),
      );
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, node) => oneOf(node).acceptMutations(same, author)),
      );
      assert.equal(
        results.reduce((sum, { accepted }) => sum + accepted, 0),
        20,
      );
    });
  });
