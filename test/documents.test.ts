import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { settings } from '../src/config.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { refusals } from '../src/exchange/refusal.ts';
import { verbs } from '../src/verbs.ts';

/** What the documents say is held against what the code does, so that neither is changed alone. */

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The cells of every table row that begins with a word in code style. */
const rowsOf = (document: string) =>
  document
    .split('\n')
    .filter((line) => /^\| *`/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const bare = (cell = '') => cell.replaceAll('`', '');

test("lists every setting in the README's table, and no other", () => {
  const rows = rowsOf(read('README.md')).map(([name]) => bare(name));
  const listed = rows.filter((name) => name.startsWith('KRUISPUNT_')).sort();
  assert.deepEqual(listed, Object.keys(settings).sort());
});

test('lists every refusal with its number, level and status, and no other', () => {
  const listed = rowsOf(read('docs/refusals.md'))
    .filter(([, number]) => /^\d+$/.test(number ?? ''))
    .map(([code, number, level]) => [bare(code), number, level]);
  const known = Object.entries(refusals).map(([code, row]) => {
    const status = 'http' in row ? `, HTTP ${row.http}` : '';
    return [code, row.number, `${row.level}${status}`];
  });
  const sorted = (rows: readonly (readonly (string | undefined)[])[]) =>
    rows.map((row) => row.join(' | ')).sort();
  assert.deepEqual(sorted(listed), sorted(known));
});

test('names the stages in the order of the journey', () => {
  const code = [...read('src/journey.ts').matchAll(/^ {4}\.to\((\w+)/gm)].map((match) => match[1]);
  const told = [...read('docs/journey.md').matchAll(/^\d+\. `(\w+)`/gm)].map((match) => match[1]);
  assert.ok(code.length >= 10);
  assert.deepEqual(told, code);
});

test('names only verbs that exist', () => {
  const documents = ['README.md', ...globSync('docs/**/*.md')].map(read).join('\n');
  const named = [...documents.matchAll(/npx kruispunt ([a-z-]+)/g)].map((match) => match[1] ?? '');
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => !verbs.has(name)),
    [],
  );
});

test('serves every contract that is kept', () => {
  const wsdls = globSync('wsdl/**/*.wsdl');
  assert.ok(wsdls.length > 0);
  assert.deepEqual(
    wsdls.filter((file) => !existsSync(join(dirname(file), 'service.yaml'))),
    [],
  );
  const { services, problems } = loadServices(['wsdl'], ['xsd']);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(services.length, wsdls.length);
});
