import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchKey } from '../../src/exchange/inquiry.ts';
import { askedInVain } from '../../src/publication/asked-in-vain.ts';

const file: BatchKey = { owner: 'file', ownerId: 7 };

async function done(key: BatchKey, few: boolean): Promise<readonly string[]> {
  const told: string[] = [];
  const fail = askedInVain({
    settleFew: async () => few,
    markFailed: async (id, error) => told.push(`file ${id}: ${error}`),
    markBatchFailed: async ({ owner, ownerId }, error) => told.push(`${owner}-${ownerId}: ${error}`),
  });
  await fail(key, new Error('down'));
  return told;
}

test('a batch that got no answers fails, and with it the file that waits for them', async () => {
  assert.deepEqual(await done(file, false), ['file 7: down', 'file-7: down']);
  assert.deepEqual(await done({ owner: 'intake', ownerId: 3 }, false), ['intake-3: down']);
});

test('nothing fails for the few that are left', async () => {
  assert.deepEqual(await done(file, true), []);
});
