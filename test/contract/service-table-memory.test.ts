import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { serviceTable } from '../../src/contract/service-table.ts';
import { fixtures } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-table-'));
after(() => rmSync(folder, { recursive: true }));

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

async function inUse() {
  // Buffers are let go of in a later turn than the one that finds them unused.
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heapUsed, external };
}

test('two thousand reloads leave nothing behind, in the heap or in the memory of libxml2', async () => {
  cpSync(join(fixtures, 'foreign'), folder, { recursive: true });
  const rules = join(folder, 'Catalogue-01.00/service.yaml');
  const table = serviceTable([folder], [], new Map());
  const change = { paths: new Set([rules]), names: new Set<string>() };
  const reload = async (times: number) => {
    for (let count = 0; count < times; count++) {
      const { replaced } = await table.reload(change, async () => {});
      assert.deepEqual(replaced, ['Catalogue 01.00']);
      // One that is always under way over each change.
      const hold = table.services()[0]?.contract.hold();
      assert.ok(table.services()[0]?.contract.model({ namespace: 'urn:fix:catalogue', name: 'ListLoans' }));
      hold?.dispose();
    }
  };
  // By then all that runs here has been compiled, and tables have the size that they keep.
  await reload(500);
  const before = await inUse();
  await reload(2000);
  const now = await inUse();
  // A schema takes some 22 KB of libxml2's memory, which has room for hundreds: two thousand that stay make it grow.
  assert.ok(now.external - before.external < 1_000_000, JSON.stringify({ before, now }));
  assert.ok(now.heapUsed - before.heapUsed < 3_000_000, JSON.stringify({ before, now }));
});
