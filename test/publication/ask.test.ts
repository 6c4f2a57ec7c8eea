import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch, Inquired, Question } from '../../src/exchange/inquiry.ts';
import type { RefusalCode } from '../../src/exchange/refusal.ts';
import { ask } from '../../src/publication/ask.ts';
import { chunksOf } from '../../src/publication/question-chunks.ts';
import { party, service } from '../support/message.ts';

const batch: Batch = {
  ...{ owner: 'intake', ownerId: 5, partyId: party.id, service: 'GeefPersoon', version: '02.02' },
  ...{ sender: { uri: 'u', hoedanigheid: null, reference: 'r', endUser: null }, voucherId: 'v' },
  ...{ certificate: null, legalBasis: 'wet', template: null, fileName: 'f.xml', schema: null },
  ...{ state: 'asking', questions: 0, lastTime: false, lastError: null, madeAt: new Date(0) },
  ...{ answeredAt: null, repliedAt: null, reply: null },
};

/** Rows in memory; `says`: with what each question is refused, null where it is answered. */
function world(count: number, says: (position: number) => RefusalCode | null, given: Batch | null = batch) {
  const open = new Map<number, Question>();
  for (let position = 1; position <= count; position++)
    open.set(position, { position, content: `${position}`, subject: null, tries: 0 });
  const asked: number[] = [];
  const answers: string[] = [];
  const queued: string[] = [];
  let state = given?.state;
  const run = ask({
    batch: async () => given && { ...given, state: state ?? given.state },
    openQuestions: async (_key, from, to) =>
      [...open.values()].filter(({ position }) => position >= from && position <= to),
    answerQuestion: async (_key, { position, answer }) => {
      answers.push(answer);
      return open.delete(position);
    },
    countTry: async (_key, position) => {
      const question = open.get(position);
      if (question) open.set(position, { ...question, tries: question.tries + 1 });
    },
    markAnswered: async () => {
      if (open.size > 0) return false;
      state = 'answered';
      return true;
    },
    parties: async () => [party],
    serviceOf: () => service,
    inquire: async ({ question: { position } }): Promise<Inquired> => {
      asked.push(position);
      const refusal = says(position);
      return { exchangeId: `x${position}`, refusal, answer: `${position}:${refusal ?? 'ok'}` };
    },
  });
  const chunk = (first: number, signal = new AbortController().signal) =>
    run(
      `${given?.owner ?? 'intake'}-5-${first}`,
      signal,
      async (step, id) => void queued.push(`${step} ${id}`),
    );
  return { chunk, asked, answers, queued, open };
}

test('asks each question of a chunk that has no answer, and makes a file of the answers when it has all', async () => {
  const { chunk, asked, answers, queued } = world(150, (position) => (position === 2 ? '40003' : null));
  assert.deepEqual(chunksOf(150), [1, 101]);
  await chunk(101);
  assert.deepEqual([asked.length, queued], [50, []]);
  await chunk(1);
  await chunk(1);
  assert.equal(asked.length, 150);
  assert.ok(answers.includes('2:40003'));
  assert.deepEqual(queued, ['reply 5']);
});

test('leaves a source alone that is out of order, and keeps its refusals for no answer', async () => {
  let down = true;
  const { chunk, asked, answers, open } = world(100, () => (down ? '99997' : null));
  await assert.rejects(chunk(1), /100 of 100 questions to GeefPersoon 02\.02 got no answer \(99997\)/);
  assert.ok(asked.length < 10, `asked ${asked.length} times`);
  assert.deepEqual([answers.length, open.size], [0, 100]);
  down = false;
  await chunk(1);
  assert.equal(answers.length, 100);
  assert.ok(answers.every((answer) => answer.endsWith(':ok')));
});

test('takes what a source makes of one question for its answer when it does so time and again', async () => {
  const { chunk, asked, answers, queued } = world(20, (position) => (position % 2 === 0 ? '60007' : null));
  await assert.rejects(chunk(1), /10 of 20/);
  await assert.rejects(chunk(1), /10 of 10/);
  await chunk(1);
  assert.equal(answers.filter((answer) => answer.endsWith(':60007')).length, 10);
  assert.deepEqual([asked.length, queued], [40, ['reply 5']]);
});

test('takes whatever comes when it is the last time', async () => {
  const { chunk, answers } = world(3, () => '99996', { ...batch, lastTime: true });
  await chunk(1);
  assert.equal(answers.length, 3);
});

test('asks nothing of a batch that is not to be asked, or when it is told to stop', async () => {
  for (const given of [
    null,
    { ...batch, state: 'failed' as const },
    { ...batch, state: 'making' as const },
  ]) {
    const { chunk, asked } = world(3, () => null, given);
    await chunk(1);
    assert.equal(asked.length, 0);
  }
  const { chunk, answers } = world(3, () => '60009');
  await assert.rejects(chunk(1, AbortSignal.abort(new Error('stopping'))), /stopping/);
  assert.equal(answers.length, 0);
});

test('of a batch without questions it is seen that it is done', async () => {
  const { chunk, queued } = world(0, () => null, { ...batch, owner: 'file' });
  await chunk(1);
  assert.deepEqual([queued, chunksOf(0)], [['write 5'], [1]]);
});
