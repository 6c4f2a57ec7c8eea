import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { publicationMetrics } from '../../src/http/publication-metrics.ts';

test('tells what waits, what failed and that no number is missing, asking once a scrape', async () => {
  const registry = new Registry();
  let asked = 0;
  publicationMetrics(registry, async () => {
    asked++;
    const oldestPending = new Date(Date.now() - 60_000);
    const more = {
      expiring: 2,
      openQuestions: 41,
      pulls: { waiting: 4, unacknowledged: 1 },
      intakes: [{ state: 'held', count: 3 }],
    };
    return { backlog: 7, oldestPending, files: [{ state: 'failed', count: 2 }], sequenceGaps: 0, ...more };
  });
  const text = await registry.metrics();
  assert.match(text, /^kruispunt_publication_backlog 7$/m);
  assert.match(text, /^kruispunt_pull_waiting 4$/m);
  assert.match(text, /^kruispunt_publication_files_expiring 2$/m);
  assert.match(text, /^kruispunt_pull_unacknowledged 1$/m);
  assert.match(text, /^kruispunt_publication_oldest_pending_seconds 6\d(\.\d+)?$/m);
  assert.match(text, /^kruispunt_publication_files\{state="failed"\} 2$/m);
  assert.match(text, /^kruispunt_publication_files\{state="closed"\} 0$/m);
  assert.match(text, /^kruispunt_intake_files\{state="held"\} 3$/m);
  assert.match(text, /^kruispunt_publication_sequence_gaps 0$/m);
  assert.match(text, /^kruispunt_publication_files\{state="asking"\} 0$/m);
  assert.match(text, /^kruispunt_publication_open_questions 41$/m);
  assert.equal(asked, 1);
});

test('says nothing instead of something wrong while the database does not answer', async () => {
  const registry = new Registry();
  publicationMetrics(registry, async () => Promise.reject(new Error('gone')));
  assert.doesNotMatch(await registry.metrics(), /^kruispunt_publication_\w+(\{.*\})? /m);
});
