import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { questionMetrics } from '../../src/http/question-metrics.ts';

test('tells how many questions wait for an answer and how batches of them stand', async () => {
  const registry = new Registry();
  questionMetrics(registry, async () => ({ open: 12, batches: [{ state: 'failed', count: 2 }] }));
  const text = await registry.metrics();
  assert.match(text, /^kruispunt_questions_open 12$/m);
  assert.match(text, /^kruispunt_question_batches\{state="failed"\} 2$/m);
  assert.match(text, /^kruispunt_question_batches\{state="asking"\} 0$/m);
});

test('says nothing of questions while the database does not answer', async () => {
  const registry = new Registry();
  questionMetrics(registry, async () => Promise.reject(new Error('gone')));
  assert.doesNotMatch(await registry.metrics(), /^kruispunt_question\w+(\{.*\})? /m);
});

test('counts questions once for a scrape, however many figures it shows', async () => {
  const registry = new Registry();
  let times = 0;
  questionMetrics(registry, async () => {
    times += 1;
    return { open: 0, batches: [] };
  });
  await registry.metrics();
  assert.equal(times, 1);
});
