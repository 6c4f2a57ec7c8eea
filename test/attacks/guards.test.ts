import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { guards } from './guards.ts';
import { unattacked } from './unattacked.ts';

/** Each guard is turned off in a copy of the code: an attack of the catalogue must get through then, and none before. */

type Report = {
  readonly index: number;
  readonly got: readonly string[];
  readonly refusedTwins: readonly string[];
};
const PROCESSES = 2;
const child = join(import.meta.dirname, 'guards-child.ts');

async function reportsOf(part: number): Promise<readonly Report[]> {
  // Each copy is loaded once: what it compiled would be kept for nobody.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, [child, String(part), String(PROCESSES)], {
    env,
  });
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

/** Refusals in a file, and of each whether a guard stands right before it. */
function unguarded(file: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../src', file), 'utf8');
  const known = [...guards, ...unattacked]
    .filter((each) => each.file === file)
    .map(({ source }) => ({ from: text.indexOf(source), to: text.indexOf(source) + source.length }));
  for (const { from } of known)
    assert.ok(from >= 0, `src/${file} has changed: look at guards.ts and unattacked.ts`);
  const throws = text.matchAll(/throw (?:failed|unsigned|refuse|malformed|unknown|new Refusal)\(/g);
  return [...throws]
    .filter(
      ({ index }) =>
        !known.some(({ from, to }) => from <= index && !text.slice(to, index).includes('throw ')),
    )
    .map(({ index }) => `${file}: ${text.slice(index, index + 60)}`);
}

test('every refusal of a message is among the guards, or it is said why no attack needs it', () => {
  const parts = {
    xml: ['encoding', 'limits', 'envelope', 'tree'],
    wss: ['place', 'verify', 'coverage', 'proof', 'signature', 'token', 'timestamp', 'encrypted', 'decrypt'],
    stages: ['parse', 'decrypt', 'route', 'validate', 'refuse-replay', 'authorise'],
  };
  const files = Object.entries(parts).flatMap(([part, names]) => names.map((name) => `${part}/${name}.ts`));
  assert.deepEqual(files.flatMap(unguarded), []);
});
