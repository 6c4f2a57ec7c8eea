import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkFolder } from '../../src/contract/check-folder.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import { ContractError } from '../../src/contract/problem.ts';
import { readRules } from '../../src/contract/read-rules.ts';
import { geefPersoon } from './fixture.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const own = join(repository, 'wsdl/persoon/GeefPersoon-02.02');
const roots = [join(repository, 'xsd')];
const contract = geefPersoon();
const folder = mkdtempSync(join(tmpdir(), 'rules-'));
after(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(own, 'service.yaml'), 'utf8');

/** What is said of the repository's own file with one thing changed. */
function complaints(change: (text: string) => string): readonly string[] {
  const file = join(folder, 'service.yaml');
  const changed = change(text);
  assert.notEqual(changed, text);
  writeFileSync(file, changed);
  try {
    readRules(file, contract);
    return [];
  } catch (error) {
    assert.ok(error instanceof ContractError);
    return error.problems.map(({ line, message }) => `${line} ${message}`);
  } finally {
    rmSync(file);
  }
}

test('reads what the bus does with GeefPersoon', () => {
  const rules = readRules(join(own, 'service.yaml'), contract);
  assert.deepEqual(
    [rules.name, rules.version, rules.kind, rules.dialect, rules.filtered],
    ['GeefPersoon', '02.02', 'read', 'magda', 'Inhoud'],
  );
  assert.deepEqual(rules.subject, { kind: 'person', path: 'Criteria/INSZ' });
  assert.deepEqual(rules.language, { path: 'Taal', allowed: ['nl'] });
  assert.deepEqual(
    rules.sources?.options.map(({ value, source, origin }) => [value, source, origin]),
    [
      ['RR', 'rijksregister', 'RR'],
      ['KSZ', 'ksz', 'KSZ'],
    ],
  );
});

test('reads the controls, each of which may be left out', () => {
  const read = (controls: string) => {
    const file = join(folder, 'controls.yaml');
    writeFileSync(file, text.replace(/^controls: .*$/m, controls));
    return readRules(file, contract).controls;
  };
  const { registration, population, period, throttle } = read('');
  assert.deepEqual([registration, population, period, throttle], [true, true, null, null]);
  const said = read(
    'controls: { population: false, period: { on: Taal, outside: clip }, throttle: { max: 9, within: 1000 } }',
  );
  assert.deepEqual(said, {
    registration: true,
    population: false,
    period: { paths: { on: 'Taal' }, whole: null, lastDay: 'today', outside: 'clip' },
    throttle: { max: 9, within: 1000 },
  });
});

const mistakes: readonly [string, (text: string) => string, readonly RegExp[]][] = [
  [
    'an unknown key, by name',
    (t) => t.replace('kind: read', 'kind: read\nsoort: x'),
    [/^4 soort: unknown key/],
  ],
  [
    'codes of a source that is not asked',
    (t) => t.replace('source: ksz, in: error', 'source: kzs, in: error'),
    [/codes\.1\.source: expected a source that the service asks, there is rijksregister, ksz/],
  ],
  [
    'codes at a path that the schema does not have, or that holds none',
    (t) =>
      t.replace(
        'path: Persoon/Geslacht/Code, table: geslacht',
        'path: Persoon/Geslacht/Kode, table: geslacht',
      ),
    [/codes\.0\.path: the schema has no Persoon\/Geslacht\/Kode below Repliek/],
  ],
  [
    'a code that is an element with others in it',
    (t) => t.replace('path: Persoon/Geslacht/Code, table', 'path: Persoon/Geboorte/Plaats, table'),
    [/description: expected an element beside/],
  ],
  [
    'a question code where no text can be',
    (t) => t.replace('in: error, table', 'in: question, path: Criteria, table'),
    [/codes\.1\.path: Criteria holds no text that could be a code/],
  ],
  [
    'an unknown key deeper down',
    (t) => t.replace('origin: RR', 'origin: RR, oirgin: x'),
    [/^\d+ sources\.options\.0\.oirgin: unknown key/],
  ],
  [
    'a version that YAML reads as a number',
    (t) => t.replace('"02.02"', '2.02'),
    [/^2 version: expected a quoted version/],
  ],
  ['a version in another form', (t) => t.replace('"02.02"', '"2.2"'), [/^2 version: expected NN\.NN/]],
  [
    'an origin of more than five characters',
    (t) => t.replace('origin: KSZ', 'origin: KSZ123'),
    [/origin: expected 1 to 5/],
  ],
  ['a key that is not there', (t) => t.replace(/^kind.*\n/m, ''), [/^1 kind: expected/]],
  [
    'a path the schema does not have',
    (t) => t.replace('Criteria/INSZ }', 'Criteria/NISZ }'),
    [/^5 subject\.path: the schema has no Criteria\/NISZ below Verzoek\/Vragen\/Vraag\/Inhoud/],
  ],
  [
    'a filtered element the answer does not have',
    (t) => t.replace('filtered: Inhoud', 'filtered: Binnenkant'),
    [/answer\.filtered: the schema has no Binnenkant below Repliek/],
  ],
  [
    'a period of which it is not said where it is',
    (t) => t.replace('registration: true', 'period: { begin: Taal }'),
    [/^7 controls\.period: expected either on, or begin and end/],
  ],
  [
    'a period where the schema has none',
    (t) => t.replace('registration: true', 'period: { begin: Taal, end: Criteria/Tot, whole: Alles }'),
    [
      /^7 controls\.period\.end: the schema has no Criteria\/Tot below Verzoek/,
      /^7 controls\.period\.whole: the schema has no Alles/,
    ],
  ],
  [
    'a control that is not there, and a throttle of nothing',
    (t) => t.replace('registration: true', 'regstration: true, throttle: { max: 0, within: 1 }'),
    [/^7 controls\.regstration: unknown key/, /^7 controls\.throttle\.max: /],
  ],
  [
    'sources that cannot be told apart',
    (t) => t.replace('value: KSZ', 'value: RR'),
    [/sources\.options\.1\.value: RR is there twice/],
  ],
  [
    'sources without the path that chooses',
    (t) => t.replace('  by: Bron\n', ''),
    [/say which path/, /say which path/, /more than one source/],
  ],
  ['what is not YAML', (t) => t.replace('kind: read', 'kind: {read'), [/is not YAML/]],
  [
    'all mistakes at once',
    (t) => t.replace('kind: read', 'kind: lees').replace('origin: RR', 'origin: "?"').replace('true', '1'),
    [/kind: /, /registration: /, /origin: /],
  ],
];

for (const [what, change, expected] of mistakes) {
  test(`says where service.yaml has ${what}`, () => {
    const found = complaints(change);
    for (const pattern of expected)
      assert.ok(
        found.some((line) => pattern.test(line)),
        `${pattern} in ${found.join('\n')}`,
      );
  });
}

test('loads the services of the repository', () => {
  const { services, problems } = loadServices([join(repository, 'wsdl')], roots);
  assert.deepEqual(problems, []);
  assert.ok(services.some(({ rules }) => rules.name === 'GeefPersoon' && rules.version === '02.02'));
});

test('says when two folders offer the same, and when there is nothing beside a service.yaml', async () => {
  const dir = join(folder, 'wsdl/domain');
  cpSync(own, join(dir, 'first'), { recursive: true });
  cpSync(own, join(dir, 'second'), { recursive: true });
  mkdirSync(join(dir, 'third'), { recursive: true });
  cpSync(join(own, 'service.yaml'), join(dir, 'third/service.yaml'));
  // The WSDL refers to its schemas by relative paths.
  cpSync(roots[0] ?? '', join(folder, 'xsd'), { recursive: true });
  const { services, problems } = loadServices([dir], roots);
  const said = problems.map(({ file, message }) => `${relative(dir, file)}: ${message}`).join('\n');
  assert.equal(services.length, 2);
  assert.match(said, /second\/service\.yaml: GeefPersoon 02\.02 is already served by .*first/);
  assert.match(said, /second\/service\.yaml: request element .* is already served by/);
  assert.match(said, /third\/service\.yaml: expected one \.wsdl file beside it/);
  const report = await checkFolder(dir, roots);
  assert.equal(report.problems.length, problems.length);
  assert.equal(report.operations[0]?.path, '/GeefPersoonDienst-02.02/soap/WebService');
});
