import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { demoNumbers, namedIn, type Texts, tableTexts } from '../support/named.ts';
import { runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** The verbs as a user types them, against one bus, and what the bus keeps and writes of it all. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder };
const program = await startProgram(settings);
after(() => program.stop());

const kruispunt = (...args: string[]) => runVerb(args, settings);
const call = (...args: string[]) => kruispunt('call', 'GeefPersoon', '--url', program.url, ...args);
const INSZ = '74651210490';

test('every sample envelope is answered as it expects', async () => {
  const { code, stdout } = await kruispunt('envelopes', 'run', '--url', program.url);
  const samples = readdirSync('test/envelopes').filter((name) => name.endsWith('.yaml')).length;
  assert.ok(samples >= 36);
  assert.ok(stdout.endsWith(`\n${samples} passed, 0 failed\n`), stdout);
  assert.equal(code, 0);
});

test('an envelope that is answered otherwise than it expects fails the run, and says how', async () => {
  const samples = temporaryFolder();
  const copy = (name: string) => readFileSync(join('test/envelopes', name), 'utf8');
  writeFileSync(join(samples, 'wrong.xml'), copy('filtered-to-the-grant.xml'));
  writeFileSync(
    join(samples, 'wrong.yaml'),
    [
      'about: expects what is not so',
      'as: beperkt',
      'expect:',
      '  http: 500',
      '  values: { Repliek/Antwoorden/Antwoord/Inhoud/Persoon/INSZ: "90671551932" }',
      '  absent: [Repliek/Antwoorden/Antwoord/Inhoud/Persoon/Naam]',
    ].join('\n'),
  );
  const { code, stdout } = await kruispunt('envelopes', 'run', '--dir', samples, '--url', program.url);
  assert.equal(code, 1);
  assert.match(stdout, /HTTP status: expected 500, got 200/);
  assert.match(stdout, /Persoon\/INSZ: expected 90671551932, got 74651210490/);
  assert.match(stdout, /Persoon\/Naam: must not be there/);
  assert.match(stdout, /0 passed, 1 failed/);
});

test('a folder without envelopes has passed nothing', async () => {
  const { code } = await kruispunt('envelopes', 'run', '--dir', temporaryFolder(), '--url', program.url);
  assert.equal(code, 1);
});

test('call prints the answer, who signed it and how to find it in the audit', async () => {
  const { code, stdout } = await call();
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`INSZ: ${INSZ}`));
  assert.match(stdout, /\nanswered\nsigned by CN=bus,O=Kruispunt Demo,C=BE\nexchange [0-9a-f-]{36} /);
});

test('call shows a party no more than its grant', async () => {
  const { code, stdout } = await call('--as', 'beperkt', '--raw');
  assert.equal(code, 0);
  assert.match(stdout, /<Achternaam>Maes<\/Achternaam>/);
  assert.doesNotMatch(
    stdout,
    /<(Adressen|Geslacht|Nationaliteiten|BurgerlijkeStaten|Afstammingen|Plaats)[ >]/,
  );
});

test('call sets what it is told to', async () => {
  const { stdout } = await call('--set', 'Bron=KSZ', '--set', 'Criteria/INSZ=88633046254');
  assert.match(stdout, /Persoon [^\n]*Bron="KSZ"|INSZ: 88633046254/);
  assert.match(stdout, /INSZ: 88633046254/);
});

test('call tells a refusal and exits 1', async () => {
  const { code, stdout } = await call('--insz', '66612027169', '--json');
  assert.equal(code, 1);
  const { error, status } = JSON.parse(stdout);
  assert.deepEqual([status, error.level, error.code], [200, 3, '30001']);
});

test('call says in one line that no bus answers', async () => {
  const { code, stderr } = await kruispunt('call', 'GeefPersoon', '--url', 'http://127.0.0.1:9');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^kruispunt: no bus answers at http:\/\/127\.0\.0\.1:9\S* \([^\n]*\); start it [^\n]*\n$/,
  );
});

test('the audit tells an exchange: who, about whom, why, what came of it', async () => {
  const { exchange } = JSON.parse((await call('--as', 'beperkt', '--json')).stdout);
  const { code, stdout } = await kruispunt('audit', 'show', exchange, '--json');
  assert.equal(code, 0);
  const told = JSON.parse(stdout);
  assert.deepEqual(
    {
      party: told.party,
      certificate: told.certificate.subject,
      uri: told.uri,
      service: `${told.service} ${told.version}`,
      subjects: told.subjects,
      legalBasis: told.legalBasis,
      outcome: told.outcome,
      sources: told.sources.map(({ source, outcome }: { source: string; outcome: string }) => [
        source,
        outcome,
      ]),
    },
    {
      party: 'beperkt',
      certificate: 'CN=beperkt,O=CBE 0999990519,C=BE',
      uri: 'beperkt.example/ipdc7001-aip',
      service: 'GeefPersoon 02.02',
      subjects: [{ kind: 'person', number: INSZ }],
      legalBasis: 'Demodecreet van 1 januari 2020, artikel 2',
      outcome: 'answered',
      sources: [['rijksregister', 'answered']],
    },
  );
  assert.ok(told.filtered.includes('Persoon/Adressen'), told.filtered.join(' '));
  assert.match(told.digestOut, /^[0-9a-f]{64}$/);
});

test('the audit lists the latest first, by party and by code', async () => {
  await call('--as', 'ongeregistreerd');
  const list = async (...args: string[]) =>
    JSON.parse((await kruispunt('audit', 'list', '--json', ...args)).stdout) as readonly Record<
      string,
      string
    >[];
  const [latest] = await list('--limit', '1');
  assert.equal(latest?.party, 'ongeregistreerd');
  const without = await list('--code', '40003');
  assert.ok(without.length > 0 && without.every(({ code }) => code === '40003'));
  const of = await list('--party', 'beperkt');
  assert.ok(of.length > 0 && of.every(({ party }) => party === 'beperkt'));
  assert.equal((await kruispunt('audit', 'show', '00000000-0000-4000-8000-000000000000')).code, 1);
});

test('check finds nothing wrong with the contracts, and exits 1 where there is something', async () => {
  const good = await kruispunt('check');
  assert.equal(good.code, 0, good.stdout);
  assert.match(
    good.stdout,
    /GeefPersoon +02\.02 +GeefPersoon +1\.1 1\.2 +\/GeefPersoonDienst-02\.02\/soap\/WebService/,
  );
  const broken = temporaryFolder();
  const contract = readFileSync('wsdl/persoon/GeefPersoon-02.02/GeefPersoon.wsdl', 'utf8');
  writeFileSync(join(broken, 'GeefPersoon.wsdl'), contract);
  const bad = await kruispunt('check', '--dir', broken);
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /error: .*GeefPersoon\.wsdl:\d+: /);
  const { problems } = JSON.parse((await kruispunt('check', '--dir', broken, '--json')).stdout);
  assert.ok(problems.some(({ severity }: { severity: string }) => severity === 'error'));
});

const wrongUses: readonly (readonly string[])[] = [
  ['fly'],
  ['serve', '--port', 'http'],
  ['call'],
  ['call', 'GeefNiets'],
  ['call', 'GeefPersoon', '--as', 'nobody'],
  ['call', 'GeefPersoon', '--set', 'Taal/Nergens=nl'],
  ['envelopes'],
  ['audit', 'show'],
];
test('wrong use exits 2 and says what is right', async () => {
  for (const args of wrongUses) {
    const { code, stdout, stderr } = await kruispunt(...args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.equal(stdout, '', args.join(' '));
    assert.ok(stderr.trim().length > 0 && !/\n {4}at /.test(stderr), `${args.join(' ')}: ${stderr}`);
  }
});

test('every verb explains itself', async () => {
  const { code, stdout } = await kruispunt('--help');
  assert.equal(code, 0);
  const verbs = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map((match) => match[1] ?? '');
  assert.ok(verbs.includes('serve') && verbs.includes('envelopes'), verbs.join(' '));
  for (const verb of verbs) {
    const explained = await kruispunt(verb, '--help');
    assert.equal(explained.code, 0, verb);
    assert.match(explained.stdout, new RegExp(`^kruispunt ${verb}`));
  }
});

test('nothing of an answer is in the database, and nobody whom it was about is in what the bus wrote', async () => {
  await call('--insz', '61670155501');
  const kept = readdirSync(folder)
    .filter((name) => name.startsWith('kruispunt.db'))
    .map((name) => readFileSync(join(folder, name)));
  const keeps = (text: string) => kept.some((bytes) => bytes.includes(text));
  assert.ok(keeps(INSZ), 'a registration says about whom it is');
  const values = [
    'Maes',
    'Lieve',
    'Voorbeeldlaan',
    'Godelieve',
    'Hoste',
    '1974-05-12',
    'Aalst',
    '48622933642',
  ];
  for (const value of values) assert.ok(!keeps(value), value);
  const persons: { insz: string }[] = JSON.parse(readFileSync(join(folder, 'demo/persons.json'), 'utf8'));
  const written = program.output();
  assert.match(written, /"msg":"answered"/);
  assert.match(written, /"party":"legacy","profile":"magda-2.0","msg":"a lax profile was used"/);
  for (const told of [...values, ...persons.map(({ insz }) => insz)]) {
    assert.ok(!written.includes(told), `${told} is in what the bus wrote`);
  }
});

test('nobody is named outside the registers: in no other table, figure, log, fault or state', async () => {
  const population = await kruispunt('population', 'add', 'iedereen', '--person', INSZ);
  assert.equal(population.code, 0, population.stderr);
  const looked = await kruispunt('audit', 'citizen', INSZ);
  assert.match(looked.stdout, new RegExp(`^Over ${INSZ} is via dit platform`));
  const [unregistered, unknown] = [
    await call('--as', 'ongeregistreerd', '--raw'),
    await call('--insz', '66612027169', '--raw'),
  ];
  assert.match(unregistered.stdout, /40003/);
  assert.match(unknown.stdout, /30001/);
  const numbers = demoNumbers(folder);
  assert.ok(numbers.includes(INSZ) && numbers.length > 10);
  const got = async (path: string) => (await fetch(`${program.url}${path}`)).text();
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  const sql = async (statement: string) => database.prepare(statement).all();
  const tables = await sql("SELECT name FROM sqlite_master WHERE type = 'table'");
  const texts: Texts = {
    ...(await tableTexts(
      sql,
      tables.map(({ name }) => String(name)),
    )),
    ...{ log: program.output(), metrics: await got('/metrics'), health: await got('/health/ready') },
    ...{ 'who has no file': unregistered.stdout, 'who is not known': unknown.stdout },
  };
  database.close();
  assert.ok((texts.exchange?.length ?? 0) > 10_000 && (texts.exchange_subject?.length ?? 0) > 1_000);
  for (const table of ['change_log', 'look_up', 'audit_key'] as const) assert.notEqual(texts[table], '[]');
  assert.deepEqual(namedIn(texts, [...numbers, '66612027169']), []);
  const planted = { ...texts, log: `${texts.log} {"reason":"${INSZ} has no file"}` };
  assert.deepEqual(namedIn(planted, numbers), [`log: ${INSZ}`]);
});

test('a key that is added opens what was written before, and other keys end with 78', async () => {
  const before = JSON.parse((await kruispunt('audit', 'citizen', INSZ, '--json')).stdout).consultations
    .length;
  const added = await kruispunt('audit', 'keys', 'add');
  assert.equal(added.code, 0, added.stderr);
  const { consultations } = JSON.parse((await kruispunt('audit', 'citizen', INSZ, '--json')).stdout);
  assert.equal(consultations.length, before);
  const lookups = JSON.parse((await kruispunt('audit', 'lookups', INSZ, '--json')).stdout);
  assert.ok(lookups.length >= 3, 'looks under either key');

  const [, first, second] = readFileSync(join(folder, 'audit-keys'), 'utf8').split('\n').slice(1);
  const file = join(temporaryFolder(), 'keys');
  writeFileSync(file, `${second}\n`);
  const other = await runVerb(['serve', '--port', '0'], { ...settings, KRUISPUNT_AUDIT_KEYS: file });
  assert.equal(other.code, 78);
  const id = first?.slice(0, 12);
  assert.match(
    other.stderr,
    new RegExp(
      `^kruispunt: KRUISPUNT_AUDIT_KEYS: ${file}: .*written with the key ${id}, which is missing there: put`,
    ),
  );
});

test('metrics count what came of the exchanges, and name nobody', async () => {
  const text = await (await fetch(`${program.url}/metrics`)).text();
  assert.match(
    text,
    /kruispunt_exchanges_total\{service="GeefPersoon",outcome="answered",code="none"\} [1-9]/,
  );
  assert.match(
    text,
    /kruispunt_exchanges_total\{service="GeefPersoon",outcome="refused",code="40003"\} [1-9]/,
  );
  assert.doesNotMatch(text, new RegExp(INSZ));
});
