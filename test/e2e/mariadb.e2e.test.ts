import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { demoFolderBesideServer } from '../support/demo-world.ts';
import { type Mariadb, startMariadb } from '../support/mariadb.ts';
import { type Program, runVerb, startProgram, temporaryFolder } from '../support/program.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** The bus on MariaDB: what becomes of calls while the server goes away and comes back, and of several nodes on it. */

const INSZ = '74651210490';
const SURNAME = 'Maes';
/** Milliseconds within which a call is refused when the database is gone, and answered when it is back. */
const FEW_SECONDS = 4_000;

const folder = demoFolderBesideServer();
const demo = join(folder, 'demo');
let mariadb: Mariadb;
let settings: Readonly<Record<string, string>>;
let bus: Program;

before(async () => {
  mariadb = await startMariadb();
  const url = await mariadb.createDatabase('bus');
  settings = { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: url, KRUISPUNT_DEMO: '1' };
  bus = await startProgram(settings);
});
after(async () => {
  await bus?.stop();
  await mariadb?.remove();
});

const kruispunt = (...args: string[]) => runVerb(args, settings);

/** What a client gets to see, the signature verified. */
const call = async (url = bus.url) => {
  const { stdout, stderr } = await kruispunt('call', 'GeefPersoon', '--url', url, '--json');
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout);
};

/** Questions that were signed beforehand, each of which can be sent once. */
const questions = async (count: number, party = 'afnemer') => {
  const signed = await signQuestions(askerIn(demo, party), INSZ, count);
  return signed.map(({ bytes }) => Buffer.from(bytes));
};

type Told = {
  readonly exchange: string;
  readonly status: number;
  readonly text: string;
  readonly ms: number;
};

const post = async (body: Buffer | undefined, url = bus.url): Promise<Told> => {
  assert.ok(body, 'no question is left');
  const began = performance.now();
  const headers = { 'content-type': 'text/xml' };
  const answer = await fetch(`${url}/soap/WebService`, { method: 'POST', headers, body });
  const text = await answer.text();
  const exchange = answer.headers.get('x-kruispunt-exchange') ?? '';
  return { exchange, status: answer.status, text, ms: performance.now() - began };
};

const isAnswered = ({ status, text }: Told) => status === 200 && text.includes(`>${SURNAME}</`);

const assertRefused = ({ status, text, ms }: Told) => {
  assert.equal(status, 500, text);
  assert.match(text, /<faultstring>60009 - /);
  assert.ok(!text.includes(SURNAME) && !text.includes('1974'), text);
  assert.ok(ms < FEW_SECONDS, `refused after ${ms} ms`);
};

const health = async (what: 'live' | 'ready') => {
  const answer = await fetch(`${bus.url}/health/${what}`);
  return { http: answer.status, states: await answer.json() };
};

/** Tries until it is so; how many milliseconds that took. */
const until = async (within: number, isSo: () => Promise<boolean>): Promise<number> => {
  const began = performance.now();
  while (!(await isSo())) {
    const late = performance.now() - began > within;
    assert.ok(!late, `not within ${within} ms`);
    await pause(50);
  }
  return performance.now() - began;
};

/** Everything that was recorded, by exchange. */
const audited = async (): Promise<ReadonlyMap<string, { readonly outcome: string }>> => {
  const { code, stdout, stderr } = await kruispunt('audit', 'list', '--limit', '99999', '--json');
  assert.equal(code, 0, stderr);
  const all: readonly { readonly id: string; readonly outcome: string }[] = JSON.parse(stdout);
  return new Map(all.map((each) => [each.id, each]));
};

const assertAudited = async (told: readonly Told[]) => {
  const kept = await audited();
  for (const { exchange } of told) assert.equal(kept.get(exchange)?.outcome, 'answered', exchange);
};

test('the demo world is made on MariaDB, a call is answered from it, and the audit read there', async () => {
  const { status, error, signedBy, exchange } = await call();
  assert.deepEqual([status, error, signedBy], [200, null, 'CN=bus,O=Kruispunt Demo,C=BE']);
  assert.deepEqual(await health('ready'), { http: 200, states: { status: 'up', database: 'up' } });
  const { code, stdout } = await kruispunt('audit', 'show', exchange, '--json');
  assert.equal(code, 0);
  const { party, subjects, outcome } = JSON.parse(stdout);
  assert.deepEqual({ party, outcome }, { party: 'afnemer', outcome: 'answered' });
  assert.deepEqual(subjects, [{ kind: 'person', number: INSZ }]);
});

/** Whatever comes of the work, the server is there again afterwards. */
const whileDown = async (signal: NodeJS.Signals, work: () => Promise<void>) => {
  await mariadb.stop(signal);
  await work().finally(mariadb.start);
};

/** What a client and an operator see while the database is down, and how soon it is over when it is back. */
const outage = async (t: TestContext, signal: NodeJS.Signals, lasts: number) => {
  const left = await questions(200);
  const ask = () => post(left.pop());
  const before = [await ask(), await ask()];
  assert.ok(before.every(isAnswered));
  let slowest = 0;
  await whileDown(signal, async () => {
    const first = await ask();
    await pause(lasts);
    const during = [first, ...(await Promise.all(Array.from({ length: 8 }, ask)))];
    during.forEach(assertRefused);
    slowest = Math.max(...during.map(({ ms }) => ms));
    assert.deepEqual(await health('ready'), { http: 503, states: { status: 'down', database: 'down' } });
    assert.deepEqual(await health('live'), { http: 200, states: { status: 'up' } });
    const { status, signedBy, error } = await call();
    assert.deepEqual([status, signedBy, error.code], [500, 'CN=bus,O=Kruispunt Demo,C=BE', '60009']);
  });
  const answered = await until(FEW_SECONDS, async () => isAnswered(await ask()));
  const ready = await until(FEW_SECONDS, async () => (await health('ready')).http === 200);
  const later = await ask();
  assert.ok(isAnswered(later), later.text);
  await assertAudited([...before, later]);
  const [refusing, answering, readying] = [slowest, answered, ready].map(Math.round);
  t.diagnostic(
    `refused in ${refusing} ms; answered ${answering} ms after its return, ready ${readying} ms later`,
  );
};

test('a database that is stopped and started again is survived', (t) => outage(t, 'SIGTERM', 0));

// Longer than the bus decides on a configuration that it cannot look at.
test('a database that is killed, and away for long, is survived', (t) => outage(t, 'SIGKILL', 5_500));

test('every answer that came is in the audit, though the database was killed in the middle of them', async (t) => {
  const left = await questions(200);
  const coming: Promise<Told>[] = [];
  // Ten a second, whatever comes of those before.
  const load = setInterval(() => coming.push(post(left.pop())), 100);
  await pause(2_000);
  await whileDown('SIGKILL', () => pause(1_000));
  await pause(4_000);
  clearInterval(load);
  const told = await Promise.all(coming);
  const answered = told.filter(isAnswered);
  const refused = told.filter((each) => !isAnswered(each));
  refused.forEach(assertRefused);
  assert.ok(answered.length > 40 && refused.length > 5, `${answered.length} and ${refused.length}`);
  assert.ok(isAnswered(told.at(-1) ?? assert.fail()));
  await assertAudited(answered);
  t.diagnostic(`${answered.length} answered, all audited; ${refused.length} refused`);
});

test('a grant that is removed is refused by both of two nodes within a second', async (t) => {
  // The second node stands on the same database without a demo world of its own.
  const other = await startProgram({
    KRUISPUNT_VAR: temporaryFolder(),
    KRUISPUNT_DATABASE_URL: settings.KRUISPUNT_DATABASE_URL ?? '',
    KRUISPUNT_DEMO: '0',
    KRUISPUNT_AUDIT_KEYS: join(folder, 'audit-keys'),
    KRUISPUNT_SIGNING_KEY: join(demo, 'bus.key.pem'),
    KRUISPUNT_SIGNING_CERT: join(demo, 'bus.crt.pem'),
    KRUISPUNT_AUTHORITIES: join(demo, 'ca.crt.pem'),
  });
  try {
    const left = await questions(100, 'beperkt');
    const urls = [bus.url, other.url];
    for (const url of urls) assert.ok(isAnswered(await post(left.pop(), url)), url);
    const args = ['--party', 'beperkt', '--service', 'GeefPersoon', '--json'];
    const [grant] = JSON.parse((await kruispunt('grant', 'list', ...args)).stdout);
    const { code, stderr } = await kruispunt('grant', 'remove', String(grant.id));
    assert.equal(code, 0, stderr);
    const isRefused = async (url: string) => (await post(left.pop(), url)).text.includes('>13001<');
    const times = await Promise.all(urls.map((url) => until(1_000, () => isRefused(url))));
    t.diagnostic(`refused after ${times.map(Math.round).join(' and ')} ms`);
  } finally {
    await other.stop();
  }
});

test('an answer that cannot be audited is not given, though all else works', async () => {
  const [first, second] = await questions(2);
  const url = settings.KRUISPUNT_DATABASE_URL ?? '';
  await mariadb.sql(url, 'RENAME TABLE exchange TO exchange_aside');
  const told = await post(first).finally(() => mariadb.sql(url, 'RENAME TABLE exchange_aside TO exchange'));
  assertRefused(told);
  const later = await post(second);
  assert.ok(isAnswered(later), later.text);
  await assertAudited([later]);
  assert.ok(!(await audited()).has(told.exchange));
});

test('twenty processes that bring one empty database up to this version at once all succeed', async () => {
  const url = await mariadb.createDatabase('fresh');
  const door = await createConnection({ uri: url });
  try {
    // Nobody makes a table before all are there: they would otherwise come one after the other.
    await door.query('FLUSH TABLES WITH READ LOCK');
    const migrate = () => runVerb(['migrate'], { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: url });
    const ending = Promise.all(Array.from({ length: 20 }, migrate));
    await until(40_000, async () => {
      const [waiting] = await door.query<RowDataPacket[]>(
        "SELECT id FROM information_schema.processlist WHERE db = 'fresh' AND command = 'Query' AND time_ms > 50",
      );
      return waiting.length >= 20;
    });
    await door.query('UNLOCK TABLES');
    for (const { code, stderr } of await ending) assert.equal(code, 0, stderr);
  } finally {
    await door.end();
  }
  const done = await mariadb.sql(url, 'SELECT name FROM migrations');
  assert.ok(done.length > 0);
  assert.equal(new Set(done.map(({ name }) => name)).size, done.length);
  assert.equal((await mariadb.sql(url, 'SELECT counter FROM change_stamp')).length, 1);
});
