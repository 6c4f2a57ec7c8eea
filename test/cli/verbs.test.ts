import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { type Audit, audit } from '../../src/cli/audit.ts';
import { check } from '../../src/cli/check.ts';
import { indent } from '../../src/cli/indent.ts';
import { table, UsageError } from '../../src/cli/output.ts';
import { writeSample } from '../../src/cli/sample.ts';
import { checkFolder } from '../../src/contract/check-folder.ts';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import { help, verbs } from '../../src/verbs.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { write } from '../../src/xml/write.ts';
import { operation, service } from '../support/message.ts';
import { paper } from './terminal.ts';

test('prints columns as wide as their widest cell', () => {
  assert.equal(
    table(
      ['a', 'name'],
      [
        ['longer', 'x'],
        ['b', ''],
      ],
    ),
    ['a       name', '------  ----', 'longer  x', 'b'].join('\n'),
  );
  assert.equal(table(['a', 'b'], []), 'a  b\n-  -');
});

test('prints an element a line, for people', () => {
  const tree = parseTree(Buffer.from('<p:a xmlns:p="urn:p"><b c="1">x</b><d/></p:a>'));
  assert.equal(indent(tree.root), 'a\n  b c="1": x\n  d: ');
  tree.dispose();
});

const request = service.contract.model(operation.request);
assert.ok(request);
const model = dialectOf(service.rules).questionModel(request);
const sample = (values: Record<string, string>) => write(writeSample(model, new Map(Object.entries(values))));
const full = { Taal: 'nl', Bron: 'RR', 'Criteria/INSZ': '1<2' };

test('fills a sample in the order of the schema, whatever order the values come in', () => {
  assert.equal(
    sample(full),
    '<Inhoud><Criteria><INSZ>1&lt;2</INSZ></Criteria><Bron>RR</Bron><Taal>nl</Taal></Inhoud>',
  );
  assert.match(
    sample({ ...full, 'Criteria/OpvragingenKSZ/Afstamming': '1' }),
    /<OpvragingenKSZ><Afstamming>1<\/Afstamming><\/OpvragingenKSZ>/,
  );
});

test('says which value a sample lacks, and which it has no place for', () => {
  const { Bron: _, ...rest } = full;
  assert.throws(() => sample(rest), /--set Bron=…/);
  for (const path of ['Criteria', 'Schoenmaat', 'Criteria/INSZ/x', ''])
    assert.throws(
      () => sample({ ...full, [path]: 'x' }),
      (error: unknown) => error instanceof UsageError,
      path,
    );
});

const exchange: ExchangeRecord = {
  id: '0d9c2b7a-51f4-4f0e-8c3b-9a1e5d7f2c64',
  receivedAt: new Date('2026-03-02T10:00:00.000Z'),
  duration: 12.345,
  remoteAddress: '192.0.2.7',
  service: 'GeefPersoon',
  version: '02.02',
  certificate: { subject: 'CN=afnemer', fingerprint: 'ab' },
  party: 'Stad Voorbeeld',
  uri: 'stad.example',
  hoedanigheid: null,
  endUser: null,
  reference: 'van-hem',
  subjects: [{ kind: 'person', number: '74651210490' }],
  grantId: 3,
  legalBasis: 'Decreet',
  stages: [
    { stage: 'parse', ms: 1.234 },
    { stage: 'validate', ms: 0.5 },
  ],
  outcome: 'refused',
  level: 2,
  code: '99996',
  reason: 'de bron is traag',
  sources: [{ source: 'rijksregister', ms: 3, outcome: '99996' }],
  filtered: ['Persoon/Naam'],
  digestIn: 'aa',
  digestOut: 'bb',
};
const unknown: ExchangeRecord = {
  ...exchange,
  service: null,
  version: null,
  party: null,
  certificate: null,
  uri: null,
  subjects: [],
  legalBasis: null,
  stages: [],
  sources: [],
  filtered: [],
  code: null,
  level: null,
  reason: null,
  outcome: 'answered',
};

const kept = (asked: unknown[] = []): Audit => ({
  exchange: async (id) => (id === exchange.id ? exchange : null),
  exchanges: async (filter) => {
    asked.push(filter);
    return [exchange, unknown];
  },
});

test('lists exchanges, a line each, as the filter asks', async () => {
  const [terminal, asked] = [paper(), [] as unknown[]];
  const argv = ['list', '--party', 'Stad Voorbeeld', '--code', '99996', '--limit', '5'];
  const from = ['--from', '2026-03-01', '--to', '2026-03-01T08:00Z'];
  assert.equal(await audit(argv, terminal, kept(asked)), 0);
  await audit([...argv, ...from], paper(), kept(asked));
  const narrowed = { party: 'Stad Voorbeeld', code: '99996', limit: 5 };
  assert.deepEqual(asked, [
    { ...narrowed, from: null, to: null },
    { ...narrowed, from: new Date('2026-03-01'), to: new Date('2026-03-01T08:00Z') },
  ]);
  await assert.rejects(audit(['list', '--from', 'gisteren'], paper(), kept([])), UsageError);
  const lines = terminal.printed().split('\n');
  assert.equal(lines.length, 4);
  assert.match(
    lines[2] ?? '',
    /^2026-03-02T10:00:00\.000Z +0d9c2b7a-\S+ +Stad Voorbeeld +GeefPersoon 02\.02 +refused +99996 +12\.3$/,
  );
  assert.match(lines[3] ?? '', / - +- +answered +- +12\.3$/);
});

test('shows one exchange: who, about whom, why, how far and what came of it', async () => {
  const terminal = paper();
  assert.equal(await audit(['show', exchange.id], terminal, kept()), 0);
  for (const line of [
    'speaks as    stad.example, hoedanigheid none',
    'about        person 74651210490',
    'legal basis  Decreet (grant 3)',
    'stages       parse 1.23 ms → validate 0.50 ms',
    'sources      rijksregister: 99996, 3.0 ms',
    'filtered out Persoon/Naam',
    'outcome      refused, level 2, code 99996',
    'why          de bron is traag',
  ])
    assert.ok(terminal.printed().includes(line), line);
});

test('shows an exchange of which little is known', async () => {
  const terminal = paper();
  const audited = { ...kept(), exchange: async () => unknown };
  await audit(['show', unknown.id], terminal, audited);
  assert.match(terminal.printed(), /signed by +nobody that was verified/);
  assert.match(terminal.printed(), /outcome +answered$/m);
  assert.doesNotMatch(terminal.printed(), /null|undefined/);
});

test('says so when an exchange is not there', async () => {
  const terminal = paper();
  assert.equal(await audit(['show', 'x'], terminal, kept()), 1);
  assert.match(terminal.warned(), /no exchange x/);
});

test('gives the audit as data', async () => {
  const terminal = paper();
  await audit(['show', exchange.id, '--json'], terminal, kept());
  assert.deepEqual(JSON.parse(terminal.printed()), JSON.parse(JSON.stringify(exchange)));
});

test('refuses a wrong use of the audit', async () => {
  for (const argv of [
    [],
    ['show'],
    ['lst'],
    ['list', '--limit', '0'],
    ['list', '--limit', 'x'],
    ['list', '--limit', '100000'],
  ])
    await assert.rejects(audit(argv, paper(), kept()), UsageError, argv.join(' '));
  await assert.rejects(audit(['list', '--nonsense'], paper(), kept()), /nonsense/);
});

const folders = (...list: string[]) => ({
  folders: list,
  check: (folder: string) => checkFolder(folder, ['xsd']),
});

test('says per operation what was understood of a contract', async () => {
  const terminal = paper();
  assert.equal(await check([], { terminal, ...folders('wsdl') }), 0);
  assert.match(
    terminal.printed(),
    /^GeefPersoon +02\.02 +GeefPersoon +1\.1 1\.2 +\/GeefPersoonDienst-02\.02\/soap\/WebService +\S/m,
  );
});

test('says in which file and line a contract is wrong, and ends with 1', async () => {
  const terminal = paper();
  const argv = ['--dir', 'test/fixtures/wsdl/broken/malformed'];
  assert.equal(await check(argv, { terminal, ...folders('wsdl') }), 1);
  assert.match(terminal.printed(), /^error: \S+malformed\/C\.wsdl:\d+: \S/m);
  assert.doesNotMatch(terminal.printed(), /GeefPersoon/);
});

test('gives what it checked as data', async () => {
  const terminal = paper();
  await check(['--json'], { terminal, ...folders('wsdl') });
  const { operations, problems } = JSON.parse(terminal.printed());
  assert.deepEqual([operations.length, problems], [globSync('wsdl/**/*.wsdl').length, []]);
});

test('has help for every verb, and says what each does', async () => {
  for (const [name, { load, summary }] of verbs) {
    const { help: text } = await load();
    assert.ok(text.startsWith(`kruispunt ${name}`), name);
    assert.ok(help().includes(summary), name);
  }
});
