import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readFinding } from './findings.ts';
import { fuzz } from './run.ts';
import { type Accepted, refusedByXmlsec } from './xmlsec-batch.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-fuzz-'));
after(() => rmSync(folder, { recursive: true }));

test('libxmlsec, xmlsec1 and another libxml2 agree on six hundred mutated messages', async () => {
  const accepted: Accepted[] = [];
  const { findings, others } = await fuzz(
    { seed: 11, messages: 600, foreignOf: 1, folder },
    {
      at: () => {},
      accepted: async ({ number, bytes }, certificate) => void accepted.push({ number, bytes, certificate }),
    },
  );
  assert.deepEqual(
    findings.map((file) => readFinding(file).what),
    [],
  );
  assert.equal(
    Object.values(others).reduce((sum, each) => sum + each, 0),
    600,
  );
  assert.ok(
    (others['accepted, good'] ?? 0) > 50 && (others['refused, bad'] ?? 0) > 50,
    JSON.stringify(others),
  );
  assert.deepEqual(await refusedByXmlsec(accepted, folder), []);
  const [one = assert.fail()] = accepted;
  const altered = Buffer.from(
    Buffer.from(one.bytes).toString('latin1').replace('<INSZ>7', '<INSZ>8'),
    'latin1',
  );
  assert.deepEqual(
    await refusedByXmlsec([...accepted, { ...one, number: 601, bytes: altered }], folder),
    [601],
  );
});
