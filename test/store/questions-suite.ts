import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import type { BatchKey, NewBatch, NewQuestion } from '../../src/exchange/inquiry.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { HAND } from './samples.ts';

const sender = { uri: 'stad.example/burgerzaken', hoedanigheid: '6001', reference: 'R-1', endUser: null };

export const newBatch = (key: BatchKey, changes: Partial<NewBatch> = {}): NewBatch => ({
  ...{ ...key, partyId: 7, sender, service: 'GeefPersoon', version: '02.02', voucherId: randomUUID() },
  ...{ certificate: { subject: 'CN=afnemer', fingerprint: 'ab' }, legalBasis: 'Decreet artikel 3' },
  ...{ template: null, fileName: 'vragen.xml', schema: 'a/b.xsd' },
  ...changes,
});

export const newQuestion = (position: number): NewQuestion => ({
  ...{ position, content: `<Vraag><Referte>${position}</Referte></Vraag>`, subject: null },
});

export const questionsSuite = (database: TestDatabase) =>
  describe('questions that no envelope brought', () => {
    let store: Store;
    // Not among the files that are laid down here.
    let last = 1_000;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    const asked = async (count: number, changes: Partial<NewBatch> = {}): Promise<BatchKey> => {
      const key = { owner: 'intake', ownerId: ++last } as const;
      await store.makeBatch(newBatch(key, changes));
      await store.addQuestions(
        key,
        Array.from({ length: count }, (_, index) => newQuestion(index + 1)),
      );
      return key;
    };
    const answered = (key: BatchKey, position: number) =>
      store.answerQuestion(key, {
        position,
        answer: `<Antwoord>${position}</Antwoord>`,
        exchangeId: randomUUID(),
      });

    test('are kept as they came, and none of them twice', async () => {
      const key = await asked(3);
      const before = await store.batch(key);
      await store.makeBatch(newBatch(key, { service: 'Ander' }));
      await store.addQuestions(key, [1, 2, 3, 4].map(newQuestion));
      assert.deepEqual(await store.batch(key), before);
      assert.deepEqual([before?.state, before?.questions, before?.sender], ['making', null, sender]);
      assert.deepEqual(before?.certificate, { subject: 'CN=afnemer', fingerprint: 'ab' });
      const open = await store.openQuestions(key, 2, 3);
      assert.deepEqual(
        open,
        [2, 3].map((position) => ({ ...newQuestion(position), tries: 0 })),
      );
      assert.equal(await store.markAsking(key), true);
      assert.equal(await store.markAsking(key), false);
      assert.equal((await store.batch(key))?.questions, 4);
    });

    test('of a template have a subject instead of a text', async () => {
      const template = { Taal: 'nl', Bron: 'RR' };
      const key = await asked(0, { template, certificate: null });
      const subject = { kind: 'person', number: '74651210490' } as const;
      await store.addQuestions(key, [{ position: 1, content: null, subject }]);
      assert.deepEqual((await store.batch(key))?.template, template);
      assert.equal((await store.batch(key))?.certificate, null);
      assert.deepEqual(await store.openQuestions(key, 1, 100), [
        { position: 1, content: null, subject, tries: 0 },
      ]);
    });

    test('are found by the chunk as long as they are open, and are answered once', async () => {
      const key = await asked(5);
      await store.markAsking(key);
      assert.deepEqual(await store.openChunks(key, 2, 10), [1, 3, 5]);
      assert.equal(await answered(key, 3), true);
      assert.equal(await answered(key, 3), false);
      await store.countTry(key, 4);
      assert.deepEqual(await store.openChunks(key, 2, 10), [1, 3, 5]);
      assert.deepEqual(
        (await store.openQuestions(key, 1, 5)).map(({ position, tries }) => [position, tries]),
        [
          [1, 0],
          [2, 0],
          [4, 1],
          [5, 0],
        ],
      );
      await answered(key, 4);
      assert.deepEqual(await store.openChunks(key, 2, 10), [1, 5]);
      assert.deepEqual(await store.progressOf(key), { questions: 5, answered: 2 });
    });

    test('make a batch that is answered when all of them are, with the answers in their order', async () => {
      const key = await asked(3);
      await store.markAsking(key);
      for (const position of [3, 1]) await answered(key, position);
      assert.equal(await store.markAnswered(key), false);
      await answered(key, 2);
      assert.ok((await store.batchesIn('asking', 100)).some(({ ownerId }) => ownerId === key.ownerId));
      assert.equal(await store.markAnswered(key), true);
      assert.equal(await store.markAnswered(key), false);
      const answers: string[] = [];
      for await (const { answer } of store.answersOf(key)) answers.push(answer);
      assert.deepEqual(
        answers,
        [1, 2, 3].map((position) => `<Antwoord>${position}</Antwoord>`),
      );
      assert.equal((await store.batch(key))?.state, 'answered');
    });

    test('make a batch that fails visibly, and goes on where it came to a stop', async () => {
      const key = await asked(1, { partyId: 8 });
      await store.markAsking(key);
      assert.equal(await store.markBatchRetried(key, false, HAND), false);
      assert.equal(await store.markBatchFailed(key, 'the source is down'), true);
      const [failed] = await store.batches({ partyId: 8, states: ['failed'], limit: 5 });
      assert.deepEqual([failed?.ownerId, failed?.lastError], [key.ownerId, 'the source is down']);
      assert.equal(await store.markBatchRetried(key, true, HAND), true);
      const again = await store.batch(key);
      assert.deepEqual([again?.state, again?.lastTime, again?.lastError], ['asking', true, null]);
      const [change] = await store.changes({ kind: 'batch', limit: 1 });
      assert.deepEqual([change?.who, change?.name], ['an', `${key.owner}-${key.ownerId}`]);
    });

    test('settle a batch of which a few are left, and none of which many are, or all', async () => {
      const left = async (all: number, open: number) => {
        const key = await asked(all, { partyId: 9 });
        await store.markAsking(key);
        for (let position = 1; position <= all - open; position++) await answered(key, position);
        const settled = [await store.settleFew(key), await store.settleFew(key)];
        return [...settled, (await store.batch(key))?.lastTime];
      };
      assert.deepEqual(await left(6, 5), [true, false, true]);
      assert.deepEqual(await left(8, 6), [false, false, false]);
      assert.deepEqual(await left(2, 2), [false, false, false]);
    });

    /** A batch with all its answers. */
    const answeredBatch = async (partyId: number) => {
      const key = await asked(2, { partyId });
      await store.markAsking(key);
      for (const position of [1, 2]) await answered(key, position);
      await store.markAnswered(key);
      return key;
    };
    const names = (sequence: number) => ['a.xml', `a-${sequence}.xml`];

    test('get one file for their answers, with the next number and a name that is free', async () => {
      const [one, two] = [await answeredBatch(9), await answeredBatch(9)];
      const vouchers = [randomUUID(), randomUUID()];
      const [first, second] = await Promise.all(
        [one, two].map((key, index) => store.prepareReply(key, vouchers[index] ?? '', names)),
      );
      const told = [first, second].map((each) => [each?.reply?.sequence, each?.reply?.name].join());
      assert.deepEqual(told.sort(), ['1,a.xml', '2,a-2.xml']);
      const again = await store.prepareReply(one, randomUUID(), names);
      assert.deepEqual(again?.reply, first?.reply);
      assert.equal(await store.prepareReply(await asked(1, { partyId: 9 }), randomUUID(), names), null);
    });

    test('go when their file was made, and what they were stays', async () => {
      const key = await answeredBatch(10);
      const isToDo = async (madeBy: Date) =>
        (await store.repliesToDo(madeBy, 1_000)).some(({ ownerId }) => ownerId === key.ownerId);
      const long = new Date(0);
      assert.equal(await store.markReplied({ ...key, ownerId: 999 }), false);
      assert.equal(await isToDo(long), true);
      await store.prepareReply(key, randomUUID(), () => ['b.xml']);
      assert.equal(await store.markReplied(key), true);
      assert.equal(await isToDo(long), true);
      const before = await store.batchFigures();
      await store.clearQuestions(key);
      assert.deepEqual(await store.progressOf(key), { questions: 0, answered: 0 });
      assert.equal(await isToDo(long), false);
      assert.equal(await isToDo(new Date(Date.now() + 1_000)), true);
      assert.equal((await store.batch(key))?.questions, 2);
      assert.deepEqual(await store.batchFigures(), before);
      assert.ok((before.batches.find(({ state }) => state === 'replied')?.count ?? 0) > 0 && before.open > 0);
      assert.equal(await store.markReplyExpired(key), true);
      assert.equal(await isToDo(new Date(Date.now() + 1_000)), false);
    });

    test('are taken out of a file once, with the count of the file itself', async () => {
      const { id } = await taking(store);
      const batch = newBatch({ owner: 'intake', ownerId: id }, { voucherId: randomUUID() });
      const take = (from: number) =>
        store.takeQuestions({ id, from, upTo: from + 1 }, batch, [newQuestion(from + 1)]);
      const twice = await Promise.allSettled([take(0), take(0)]);
      assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      await take(1);
      assert.deepEqual(await store.progressOf(batch), { questions: 2, answered: 0 });
      assert.equal((await store.intake(id))?.takenRecords, 2);
    });
  });

/** A file of questions of which every record may be taken. */
async function taking(store: Store): Promise<{ readonly id: number }> {
  const file = await store.addIntake({
    ...{ partyId: 11, voucherId: randomUUID(), uri: 'stad.example', hoedanigheid: null, legalBasis: 'wet' },
    ...{ service: 'GeefPersoon', version: '02.02', sequence: 1, fileName: 'v.xml', sha256: 'ab', size: 1 },
    ...{ records: 2, state: 'validated', problems: [], at: new Date(), endedAt: null },
  });
  assert.ok(file && (await store.markTaking(file.id)));
  return file;
}
