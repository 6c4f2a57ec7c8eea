import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { guards } from './guards.ts';

/** Each guard is turned off in a copy of the code: an attack of the catalogue must get through then, and none before. */

type Report = {
  readonly index: number;
  readonly got: readonly string[];
  readonly refusedTwins: readonly string[];
};
const PROCESSES = 2;
const child = join(import.meta.dirname, 'guards-child.ts');

async function reportsOf(part: number): Promise<readonly Report[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, String(part), String(PROCESSES)]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const reports = (await Promise.all(Array.from({ length: PROCESSES }, (_, part) => reportsOf(part)))).flat();

test('with every guard on no attack gets through, and every twin does', () => {
  for (const { got, refusedTwins } of reports.filter(({ index }) => index === -1))
    assert.deepEqual([got, refusedTwins], [[], []]);
});

test('without any one of the guards an attack gets through', async (t) => {
  for (const [index, { file, source }] of guards.entries()) {
    await t.test(`${file}: ${source}`, () => {
      const got = reports.find((report) => report.index === index)?.got ?? assert.fail('it was not tried');
      assert.ok(got.length > 0, 'no attack needs it');
    });
  }
});
