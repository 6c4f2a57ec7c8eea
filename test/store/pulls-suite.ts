import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import type { FrozenPull } from '../../src/exchange/pull.ts';
import type { Subscription } from '../../src/exchange/subscription.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { freeze as freezeFile, newMutation, newSubscriber } from './publication-samples.ts';
import { newParty } from './samples.ts';

const frozen = (): FrozenPull => ({
  ...{ receipt: randomUUID(), visible: ['INSZ'], grantId: 3, legalBasis: 'Decreet artikel 3' },
});
const pulling = { channel: 'pull', schedule: '' } as const;

/** What subscribers ask for themselves, over a real database. */
export const pullsSuite = (database: TestDatabase) =>
  describe('what subscribers ask for themselves', { concurrency: false }, () => {
    let stores: readonly Store[];
    let author: number;
    before(async () => {
      const open = () => openStore(database.url, { clock: systemClock, keys });
      stores = [await open(), await open()];
      author = (await oneOf(0).addParty(newParty({ name: 'Bron' }))).id;
    });
    after(async () => {
      for (const store of stores) await store.close();
    });
    const oneOf = (index: number): Store => stores[index % stores.length] ?? assert.fail();

    let person = 90000000000;
    const subscriber = async (changes: Partial<Subscription> = pulling) => {
      const number = String(++person);
      const made = await newSubscriber(oneOf(0), [number], changes);
      while (!stores.every((store) => store.subscriptions().some(({ id }) => id === made.id)))
        await pause(50);
      const tell = async (...references: readonly string[]) => {
        const mutations = references.map((each) => newMutation(number, { reference: `${number}/${each}` }));
        await oneOf(1).acceptMutations(mutations, author);
      };
      const now = new Date('2026-05-10T08:00:00.123Z');
      const ask = (
        receipt: string | null = null,
        node = 0,
        subscriptions: readonly Subscription[] = [made],
      ) => oneOf(node).pull({ subscriptions, receipt, freeze: frozen, now });
      const got = async (...asked: Parameters<typeof ask>) => {
        const pulled = await ask(...asked);
        if (typeof pulled === 'string') return { said: pulled, receipt: '', told: [] };
        const told = pulled.records.map(({ reference }) => reference.split('/')[1]);
        assert.equal(pulled.batch.records, told.length);
        return { said: null, receipt: pulled.batch.receipt, told, pulled };
      };
      return { made, number, tell, ask, got };
    };

    test('are given in order, the same until they have arrived, and never twice after that', async () => {
      const { tell, got, made } = await subscriber();
      assert.equal((await got()).said, 'nothing');
      await tell('1', '2');
      const first = await got();
      assert.deepEqual(first.told, ['1', '2']);
      assert.deepEqual(first.pulled?.batch.visible, ['INSZ']);
      await tell('3');
      assert.deepEqual(await got(null, 1), first, 'what was told since is of the next');
      const second = await got(first.receipt);
      assert.deepEqual(second.told, ['3']);
      assert.deepEqual(await got(first.receipt, 1), second, 'the answer was lost');
      assert.deepEqual(await got(null), second);
      assert.equal((await got(second.receipt)).said, 'nothing');
      assert.equal((await got(second.receipt)).said, 'nothing', 'again');
      assert.equal((await got()).said, 'nothing');
      await tell('4');
      assert.deepEqual((await got(second.receipt)).told, ['4']);
      assert.deepEqual(await oneOf(0).files({ subscriptionId: made.id, limit: 1 }), []);
    });

    test('are counted apart from what waits for a file', async () => {
      const figures = async () => (await oneOf(0).publicationFigures()).pulls;
      const was = await figures();
      const { backlog, oldestPending } = await oneOf(0).publicationFigures();
      assert.deepEqual([backlog, oldestPending], [0, null]);
      const { tell, got } = await subscriber();
      await tell('1', '2');
      assert.deepEqual(await figures(), { ...was, waiting: was.waiting + 2 });
      const { receipt } = await got();
      assert.deepEqual(await figures(), { ...was, unacknowledged: was.unacknowledged + 1 });
      await got(receipt);
      assert.deepEqual(await figures(), was);
      assert.equal((await oneOf(0).publicationFigures()).backlog, 0);
    });

    test('are not given for a receipt of another, of long ago or of nobody', async () => {
      const [mine, other] = [await subscriber(), await subscriber()];
      for (const each of [mine, other]) await each.tell('1');
      const [first, theirs] = [await mine.got(), await other.got()];
      for (const wrong of [theirs.receipt, randomUUID()])
        assert.equal((await mine.got(wrong)).said, 'wrong receipt');
      await mine.tell('2');
      const second = await mine.got(first.receipt);
      await mine.tell('3');
      const third = await mine.got(second.receipt);
      assert.equal((await mine.got(first.receipt)).said, 'wrong receipt');
      assert.deepEqual(await mine.got(), third);
      assert.deepEqual(await other.got(), theirs);
      const fresh = await subscriber();
      assert.equal((await fresh.got(theirs.receipt)).said, 'wrong receipt', 'who never got any');
    });

    test('are a hundred at the most, and fewer long ones', async () => {
      const { tell, got, number } = await subscriber();
      const names = Array.from({ length: 230 }, (_, index) => String(index));
      await tell(...names);
      const told: (string | undefined)[] = [];
      const sizes: number[] = [];
      for (let answer = await got(); answer.said === null; answer = await got(answer.receipt)) {
        told.push(...answer.told);
        sizes.push(answer.told.length);
      }
      assert.deepEqual([told, sizes], [names, [100, 100, 30]]);
      const content = `<Persoon>${'x'.repeat(700_000)}</Persoon>`;
      const long = ['l1', 'l2'].map((each) =>
        newMutation(number, { reference: `${number}/${each}`, content }),
      );
      await oneOf(0).acceptMutations(long, author);
      const first = await got();
      assert.deepEqual(first.told, ['l1']);
      assert.deepEqual((await got(first.receipt)).told, ['l2']);
    });

    test('are one batch, whoever asks at the same time, while more comes in', async () => {
      const { tell, ask, got } = await subscriber();
      const all: (string | undefined)[] = [];
      let receipt: string | null = null;
      for (let round = 0; round < 8; round += 1) {
        const asking = [0, 1, 0, 1].map((node) => ask(receipt, node));
        const [answers] = await Promise.all([Promise.all(asking), tell(`${round}a`), tell(`${round}b`)]);
        const batches = new Map(
          answers.flatMap((each) => (typeof each === 'string' ? [] : [[each.batch.receipt, each] as const])),
        );
        assert.ok(batches.size <= 1, 'nobody is given another one');
        for (const { records, batch } of batches.values()) {
          all.push(...records.map(({ reference }) => reference.split('/')[1]));
          receipt = batch.receipt;
        }
      }
      for (let answer = await got(receipt); answer.said === null; answer = await got(answer.receipt))
        all.push(...answer.told);
      const wanted = Array.from({ length: 8 }, (_, round) => [`${round}a`, `${round}b`]).flat();
      assert.deepEqual(all.toSorted(), wanted.toSorted());
    });

    test('make no files; a subscription that changes its channel loses nothing and repeats nothing', async () => {
      const { made, tell, got } = await subscriber();
      await tell('1');
      const first = await got();
      await tell('2');
      const cutOff = new Date('2026-06-01T01:00:00Z');
      assert.equal(await oneOf(0).closeBatch(made.id, cutOff, freezeFile), null);
      assert.deepEqual((await oneOf(0).allSubscriptions()).find(({ id }) => id === made.id)?.nextRunAt, null);
      const change = { channel: 'files', schedule: '0 3 * * *' } as const;
      const filed = await oneOf(0).changeSubscription(made.id, change, 'an');
      const file = (await oneOf(0).closeBatch(made.id, cutOff, freezeFile)) ?? assert.fail();
      const references: string[] = [];
      for await (const { reference } of oneOf(0).recordsOf(file))
        references.push(reference.split('/')[1] ?? '');
      assert.deepEqual(references, ['2']);
      assert.deepEqual(await got(null, 0, [filed ?? made]), first, 'it has not arrived yet');
      await tell('3');
      assert.equal((await got(first.receipt, 0, [filed ?? made])).said, 'nothing', 'that is for a file');
      await assert.rejects(oneOf(0).changeSubscription(made.id, { schedule: '' }, 'an'), /not a schedule/);
      const again = await oneOf(0).changeSubscription(made.id, pulling, 'an');
      assert.deepEqual((await got(first.receipt, 0, [again ?? made])).told, ['3']);
    });
  });
