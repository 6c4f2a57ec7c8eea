import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batch } from '../../src/cli/batch.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import type { Batch } from '../../src/exchange/inquiry.ts';
import { party } from '../support/message.ts';
import { paper } from './terminal.ts';

const asking: Batch = {
  ...{ owner: 'intake', ownerId: 5, partyId: party.id, service: 'GeefPersoon', version: '02.02' },
  ...{ sender: { uri: 'u.example', hoedanigheid: null, reference: 'r', endUser: null }, voucherId: 'v' },
  ...{ certificate: null, legalBasis: 'wet', template: null, fileName: 'vragen.xml', schema: null },
  ...{ state: 'asking', questions: 10, lastTime: false, lastError: null, madeAt: new Date(0) },
  ...{ answeredAt: null, repliedAt: null, reply: null },
};
const failed: Batch = {
  ...asking,
  owner: 'file',
  ownerId: 6,
  state: 'failed',
  lastError: 'the source is down',
};

function desk(found: readonly Batch[] = [asking, failed]) {
  const retried: unknown[] = [];
  const written = paper();
  const needs = {
    ...{ terminal: written, who: 'an', now: () => new Date('2026-03-02T10:00:00Z') },
    parties: async () => [party],
    batches: async ({ states }: { readonly states: readonly string[] | null }) =>
      found.filter(({ state }) => states?.includes(state) ?? true),
    batch: async ({ owner, ownerId }: { readonly owner: string; readonly ownerId: number }) =>
      found.find((each) => each.owner === owner && each.ownerId === ownerId) ?? null,
    progressOf: async () => ({ questions: 10, answered: 4 }),
    markBatchRetried: async (
      key: { readonly owner: string; readonly ownerId: number },
      last: boolean,
      { who }: { readonly who: string },
    ) => {
      retried.push([`${key.owner}-${key.ownerId}`, last, who]);
      return key.owner === 'file';
    },
  };
  return { run: (...argv: string[]) => batch(argv, needs), retried, printed: written.printed };
}

test('lists batches with how far they have come, for people and for programs', async () => {
  const { run, printed } = desk();
  assert.equal(await run('list'), 0);
  assert.match(printed(), /intake-5 .*GeefPersoon 02\.02 +asking +4 of 10/);
  const json = desk();
  await json.run('list', '--state', 'failed', '--json');
  assert.deepEqual(
    JSON.parse(json.printed()).batches.map((each: { readonly batch: string }) => each.batch),
    ['file-6'],
  );
  await assert.rejects(run('list', '--state', 'lost'), UsageError);
  await assert.rejects(run('list', '--party', 'niemand'), FailedError);
});

test('shows one batch, and what to do about it', async () => {
  const { run, printed } = desk();
  await run('show', 'file-6');
  assert.match(printed(), /lastError +the source is down/);
  assert.match(printed(), /answered +4/);
  assert.match(printed(), /kruispunt batch retry file-6/);
  await assert.rejects(run('show', 'intake-6'), FailedError);
  await assert.rejects(run('show', '6'), UsageError);
});

test('has failed batches go on, and says of others that they have not failed', async () => {
  const { run, retried, printed } = desk();
  assert.equal(await run('retry', '--all', '--last'), 0);
  assert.equal(await run('retry', 'intake-5'), 1);
  assert.deepEqual(retried, [
    ['file-6', true, 'an'],
    ['intake-5', false, 'an'],
  ]);
  assert.match(printed(), /intake-5: is asking, not failed/);
  await assert.rejects(run('retry'), UsageError);
});
