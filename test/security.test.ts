import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { settings } from '../src/config.ts';
import { harmless, sections } from './attacks/catalogue.ts';

/** docs/security.md, held against the tests: a threat that nothing proves is guarded against is told as a mistake. */

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const document = read('docs/security.md');

type Threat = {
  readonly threat: string;
  readonly control: string;
  readonly standard: string;
  readonly proofs: readonly string[];
};

const HEAD = '| Threat | Control | Default | Proven by |';

function threatsIn(text: string): readonly Threat[] {
  return text
    .split(HEAD)
    .slice(1)
    .flatMap(
      (table) =>
        /^(?:\|.*\n?)*/
          .exec(table.slice(table.indexOf('\n|---') + 1))?.[0]
          .split('\n')
          .slice(1) ?? [],
    )
    .filter((line) => line !== '')
    .map((line) => {
      const [threat = '', control = '', standard = '', proofs = ''] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { threat, control, standard, proofs: proofs.split('<br>').filter((each) => each !== '') };
    });
}

/** The names of a file's tests that run; what a template fills in is `…`, and what is skipped is no proof. */
function testsIn(source: string): ReadonlySet<string> {
  const calls = source.matchAll(/\btest\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`),\s*(\{[^}]*skip)?/g);
  const names = [...calls].flatMap(([, single, double, template, skipped]) => {
    const name = single ?? double ?? template?.replaceAll(/\$\{[^}]*\}/g, '…') ?? '';
    return skipped === undefined ? [name.replaceAll(/\\(.)/g, '$1')] : [];
  });
  return new Set(names);
}

/** What is wrong with a row, in words. */
function mistakesIn({ threat, control, standard, proofs }: Threat): readonly string[] {
  const empty = Object.entries({ threat, control, standard }).filter(([, cell]) => cell === '');
  const unproven = proofs.length === 0 ? [`${threat}: no test`] : [];
  const wrong = proofs.flatMap((proof) => {
    const [, file = '', name = ''] = /^`(test\/[\w./-]+\.ts)`: (.+)$/.exec(proof) ?? [];
    if (!existsSync(new URL(`../${file}`, import.meta.url)) || file === '')
      return [`${threat}: no file: ${proof}`];
    return testsIn(read(file)).has(name) ? [] : [`${threat}: no such test: ${proof}`];
  });
  return [...empty.map(([what]) => `${threat}: no ${what}`), ...unproven, ...wrong];
}

test('every threat has a control, a default and tests that exist', () => {
  const threats = threatsIn(document);
  assert.ok(threats.length >= 35, `${threats.length} threats`);
  assert.deepEqual(threats.flatMap(mistakesIn), []);
});

test('finds a threat without a test, with one that is not there, and with one that is skipped', () => {
  const row = (proofs: string) => threatsIn(`${HEAD}\n|---|---|---|---|\n| a | b | c | ${proofs} |\n\n| x |`);
  const mistakes = (proofs: string) => row(proofs).flatMap(mistakesIn);
  assert.deepEqual(mistakes(''), ['a: no test']);
  assert.match(mistakes('`test/gone.test.ts`: x')[0] ?? '', /no file/);
  assert.match(mistakes('`test/security.test.ts`: is not there')[0] ?? '', /no such test/);
  assert.match(mistakes('`test/files/crash.test.ts`: a full disk leaves nothing')[0] ?? '', /no such test/);
  assert.deepEqual(
    mistakes('`test/security.test.ts`: every threat has a control, a default and tests that exist'),
    [],
  );
  assert.deepEqual([...testsIn(`test('a', { skip: true }, x); test(\`b \${1} c\`, x)`)], ['b … c']);
});

test('names no threat twice, and no setting that does not exist', () => {
  const names = threatsIn(document).map(({ threat }) => threat);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
  const named = [...document.matchAll(/KRUISPUNT_[A-Z_]+/g)].map(([name]) => name);
  assert.deepEqual(
    named.filter((name) => !(name in settings)),
    [],
  );
});

test('has an attack for each line of the catalogue, or says why there is none', () => {
  const lines = Object.entries({ A: 21, B: 9, C: 10, D: 12, E: 13 }).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${section}${index + 1}`),
  );
  const attacked = new Set([...Object.values(sections).flat(), ...harmless].map(({ line }) => line));
  const rows = document.split('| Line without an attack there |')[1] ?? '';
  const told = [...rows.matchAll(/^\| ([A-E\d, ]+) \| \S/gm)].flatMap(([, cell = '']) => cell.split(', '));
  assert.deepEqual([...attacked, ...told].sort(), [...lines].sort());
});
