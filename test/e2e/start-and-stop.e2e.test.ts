import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { xmlsecSign } from '../support/foreign.ts';
import { runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** Starts and ends of the program, good and bad, as an operator meets them. */

const folder = temporaryFolder();
const settings = { KRUISPUNT_VAR: folder };
const file = (name: string) => join(folder, 'demo', name);
const json = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
const contents = () =>
  Object.fromEntries(
    readdirSync(join(folder, 'demo')).map((name) => [name, readFileSync(file(name), 'utf8')]),
  );

/** The program under test; tests that stop it start it again. */
let program = await startProgram(settings);
after(() => program.stop());

type Party = {
  readonly name: string;
  readonly cbeNumber: string;
  readonly certificate: string;
  readonly key: string;
  readonly profile: string;
};

test('the first start makes the demo world, and says what it is', async () => {
  await program.says(/npx kruispunt call/);
  const said = program.output();
  assert.match(said, /never use it for production/);
  assert.match(said, new RegExp(`npx kruispunt call GeefPersoon --url ${program.url}`));
  const parties: Party[] = json('parties.json');
  const who = ['name', 'cbeNumber', 'uri', 'hoedanigheid', 'legalContext', 'profile'];
  const wanted = [...who, 'certificate', 'key', 'may', 'pickup', 'note'];
  for (const party of parties) assert.deepEqual(Object.keys(party).sort(), [...wanted].sort(), party.name);
  assert.deepEqual(
    parties.map(({ name }) => name),
    [
      ...['afnemer', 'beperkt', 'leverancier', 'ongeregistreerd', 'onbevoegd', 'legacy', 'legacy-header'],
      ...['gehaast', 'bron', 'raadpleger', 'versleuteld'],
    ],
  );
  assert.equal(parties.find(({ name }) => name === 'legacy')?.profile, 'magda-2.0');
});

test('each party of the demo world has a certificate of its authority and the key to it', () => {
  const authority = new X509Certificate(readFileSync(file('ca.crt.pem')));
  const pairs = [
    ...json('parties.json').map(({ certificate, key }: Party) => [certificate, key]),
    ['bus.crt.pem', 'bus.key.pem'],
    ['ca.crt.pem', 'ca.key.pem'],
  ];
  for (const [certificate, key] of pairs) {
    const held = new X509Certificate(readFileSync(file(certificate)));
    assert.ok(held.verify(authority.publicKey), certificate);
    const pem = readFileSync(file(key), 'utf8');
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----/);
    assert.ok(held.checkPrivateKey(createPrivateKey(pem)), key);
    assert.equal(statSync(file(key)).mode & 0o777, 0o600, key);
  }
});

test('the subjects of the demo world are numbers that nobody has', () => {
  for (const person of json('persons.json')) {
    assert.deepEqual(Object.keys(person), ['insz', 'note']);
    const { insz } = person;
    const [counted, check] = [Number(insz.slice(0, 9)), Number(insz.slice(9))];
    assert.ok([97 - (counted % 97), 97 - ((2_000_000_000 + counted) % 97)].includes(check), insz);
    const month = Number(insz.slice(2, 4));
    assert.ok(month >= 61 && month <= 72, insz);
  }
  for (const enterprise of json('enterprises.json')) {
    assert.deepEqual(Object.keys(enterprise), ['ondernemingsnummer', 'note']);
    const number = enterprise.ondernemingsnummer;
    assert.equal(97 - (Number(number.slice(0, 8)) % 97), Number(number.slice(8)), number);
  }
});

test('it is alive and ready, and tells what it needs', async () => {
  const [live, ready] = await Promise.all(
    ['live', 'ready'].map((what) => fetch(`${program.url}/health/${what}`)),
  );
  assert.equal(live?.status, 200);
  assert.deepEqual(await ready?.json(), { status: 'up', database: 'up' });
});

test('a port in use: one line that says what to do', async () => {
  const { port } = new URL(program.url);
  const { code, stderr } = await runVerb(['serve', '--port', port], { KRUISPUNT_VAR: temporaryFolder() });
  assert.equal(code, 1);
  assert.match(stderr, /^kruispunt: port \d+ on 127\.0\.0\.1 is in use; choose another with [^\n]+\n$/);
});

test('what is under way when it is told to stop is still answered', async () => {
  // Somebody whose source takes longer than the bus waits: time enough to be told to stop.
  const asking = { demo: join(folder, 'demo'), party: 'afnemer', insz: '83720433348' };
  const message = readFileSync(await xmlsecSign(temporaryFolder(), asking));
  const posting = request(`${program.url}/soap/WebService`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', 'content-length': message.length, expect: '100-continue' },
  });
  const answered = once(posting, 'response');
  await once(posting, 'continue');
  posting.end(message);
  await Promise.race([answered, pause(300)]);
  const ending = program.stop();
  const [answer]: IncomingMessage[] = await answered;
  assert.ok(answer);
  assert.match(await text(answer), /<Identificatie>99996<\/Identificatie>/);
  assert.equal((await ending).code, 0);
  program = await startProgram(settings);
});

test('the second start keeps the demo world, and what was taken out of it stays out', async () => {
  await program.stop();
  const before = contents();
  const database = new DatabaseSync(join(folder, 'kruispunt.db'));
  database.exec("DELETE FROM party_grant WHERE party_id = (SELECT id FROM party WHERE name = 'beperkt')");
  database.close();
  program = await startProgram(settings);
  assert.deepEqual({ ...contents(), 'sources.json': '' }, { ...before, 'sources.json': '' });
  const asked = async (party: string) => {
    const { stdout } = await runVerb(
      ['call', 'GeefPersoon', '--as', party, '--url', program.url, '--json'],
      settings,
    );
    return JSON.parse(stdout).error?.code ?? 'answered';
  };
  assert.deepEqual(await Promise.all(['afnemer', 'beperkt'].map(asked)), ['answered', '13001']);
});

test('an answer that was given is in the audit, even when the program is killed at once', async () => {
  const asking = { demo: join(folder, 'demo'), party: 'afnemer', insz: '74651210490' };
  const body = readFileSync(await xmlsecSign(temporaryFolder(), asking));
  const headers = { 'content-type': 'text/xml' };
  const answer = await fetch(`${program.url}/soap/WebService`, { method: 'POST', headers, body });
  await program.stop('SIGKILL');
  assert.equal(answer.status, 200);
  program = await startProgram(settings);
  const exchange = answer.headers.get('x-kruispunt-exchange') ?? '';
  const shown = await runVerb(['audit', 'show', exchange, '--json'], settings);
  assert.equal(shown.code, 0, shown.stderr);
  assert.equal(JSON.parse(shown.stdout).outcome, 'answered');
});

test('bad settings: every mistake at once, by name, exit 78', async () => {
  const { code, stderr, stdout } = await runVerb(['serve'], {
    KRUISPUNT_PORT: 'http',
    KRUISPUNT_DEMO: 'yes',
    KRUISPUNT_LOG_LEVEL: 'loud',
    KRUISPUNT_DATABASE_URL: 'postgres://somewhere/else',
    KRUISPUNT_PUBLIC_URL: 'bus.example',
    KRUISPUNT_MAX_MESSAGE_BYTES: '1',
    KRUISPUNT_TLS_KEY: '/nowhere/tls.key.pem',
  });
  assert.equal(code, 78);
  assert.equal(stdout, '');
  const named = stderr
    .trim()
    .split('\n')
    .map((line) => /^kruispunt: (KRUISPUNT_\w+): \S/.exec(line)?.[1]);
  assert.deepEqual(named.sort(), [
    'KRUISPUNT_DATABASE_URL',
    'KRUISPUNT_DEMO',
    'KRUISPUNT_LOG_LEVEL',
    'KRUISPUNT_MAX_MESSAGE_BYTES',
    'KRUISPUNT_PORT',
    'KRUISPUNT_PUBLIC_URL',
    'KRUISPUNT_TLS_CERT',
  ]);
});

test('a setting that does not exist is warned about', async () => {
  const other = await startProgram({ KRUISPUNT_VAR: temporaryFolder(), KRUISPUNT_PROT: '8081' });
  await other.stop();
  assert.match(other.output(), /"setting":"KRUISPUNT_PROT"[^\n]*no such setting/);
});

const oneLine = async (settings: Readonly<Record<string, string>>, says: RegExp) => {
  const { code, stderr } = await runVerb(['serve', '--port', '0'], settings);
  assert.equal(code, 1, stderr);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  assert.match(stderr, says);
};

test('a folder that cannot be written: one line that names the setting', async () => {
  const occupied = join(temporaryFolder(), 'var');
  writeFileSync(occupied, '');
  await oneLine({ KRUISPUNT_VAR: occupied }, /^kruispunt: cannot write below .*\/var \(KRUISPUNT_VAR\)/);
  await oneLine({ KRUISPUNT_VAR: join(occupied, 'below') }, /\(KRUISPUNT_VAR\)/);
});

test('a database that is a folder: one line', async () => {
  const taken = temporaryFolder();
  mkdirSync(join(taken, 'kruispunt.db'));
  await oneLine({ KRUISPUNT_VAR: taken, KRUISPUNT_DEMO: '1' }, /kruispunt\.db/);
});

test('a database from a newer version: one line that says what to start instead', async () => {
  const newer = temporaryFolder();
  await runVerb(['migrate'], { KRUISPUNT_VAR: newer });
  const database = new DatabaseSync(join(newer, 'kruispunt.db'));
  database.exec("INSERT INTO migrations (timestamp, name) VALUES (1900000000000, 'Later1900000000000')");
  database.close();
  await oneLine({ KRUISPUNT_VAR: newer }, /newer version .*Later1900000000000.*start that version/);
});

test('outside the demo world it does not start without keys of its own', async () => {
  const settings = { KRUISPUNT_VAR: temporaryFolder(), KRUISPUNT_DEMO: '0' };
  await oneLine(settings, /KRUISPUNT_SIGNING_KEY, KRUISPUNT_SIGNING_CERT and KRUISPUNT_AUTHORITIES/);
});

test('a contract that is broken stops the start, with file and line', async () => {
  const broken = temporaryFolder();
  writeFileSync(
    join(broken, 'Half.wsdl'),
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">\n<types>\n',
  );
  writeFileSync(join(broken, 'service.yaml'), 'service: Half\n');
  const { code, stderr } = await runVerb(['serve', '--port', '0'], {
    KRUISPUNT_VAR: temporaryFolder(),
    KRUISPUNT_WSDL_DIR: broken,
  });
  assert.equal(code, 1);
  assert.match(stderr, /Half\.wsdl:\d+: /);
  assert.doesNotMatch(stderr, /\n {4}at /);
});
