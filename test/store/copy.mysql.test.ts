import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { mysqlDatabase, sqliteDatabase, type TestDatabase } from '../support/database.ts';
import { demoFolder } from '../support/demo-world.ts';
import { ROOT, runVerb, startProgram, temporaryFolder } from '../support/program.ts';
import { keys } from '../support/subject-keys.ts';
import { answered, newGrant, newParty, refused } from './samples.ts';

const open = (url: string) => openStore(url, { clock: systemClock, keys });
const pathOf = ({ url }: TestDatabase) => url.slice('sqlite:'.length);

const source = await sqliteDatabase();
after(() => source.remove());
const targets: TestDatabase[] = [];
after(async () => {
  for (const target of targets) await target.remove();
});
const emptyTarget = async () => {
  const target = await mysqlDatabase();
  targets.push(target);
  return target;
};

const folder = temporaryFolder();
const copy = (target: TestDatabase, from = source.url) =>
  runVerb(['migrate', '--copy-from', from], { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: target.url });

const MEMBERS = 40_000;
const LONGEST = 'é'.repeat(100_000);
const ODD = '\\\'"\u0000%_`; DROP TABLE party; -- 😀 \r\n\t';
const [early, late] = [new Date('2026-03-29T00:59:59.999Z'), new Date('2026-10-25T01:00:00.001Z')];

/** A database with something in most tables, and in it whatever the two engines keep differently. */
async function fill(): Promise<void> {
  const store = await open(source.url);
  const party = await store.addParty(newParty());
  const gone = await store.addParty(
    newParty({ name: 'Is gone', cbeNumber: '0888880094', identities: [], certificates: [] }),
  );
  await store.addGrant(newGrant(party.id, { validFrom: early, validUntil: late, legalBasis: ODD }));
  await store.record(answered({ id: 'a'.repeat(26), receivedAt: late, duration: 12.5, reference: ODD }));
  await store.record(
    answered({ id: 'b'.repeat(26), receivedAt: early, duration: 3, filtered: [LONGEST, ODD] }),
  );
  await store.record(refused({ id: 'c'.repeat(26) }));
  await store.lookUp({ kind: 'person', number: '74651210490' }, 'jan');
  await store.close();
  const database = new DatabaseSync(pathOf(source));
  database.exec(`DELETE FROM party WHERE id = ${gone.id}`); // its id is never given out again
  database.exec(
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ' +
      `${MEMBERS}) INSERT INTO population_member (population, subject_kind, subject_number, begin_day, end_day) ` +
      "SELECT 'all', 'enterprise', printf('%010d', i), '1900-01-01', NULL FROM n; " +
      'UPDATE registration_lock SET turns = 9007199254740993 WHERE slot = 7',
  );
  database.close();
}
await fill();

/** What a table holds, as plain SQL shows it, in the same words for both engines. */
async function contents({ sql }: TestDatabase, table: string, order: string) {
  const rows = await sql(`SELECT * FROM ${table} WHERE 1 = 1 ORDER BY ${order}`);
  const plain = (value: unknown) =>
    value instanceof Date ? value.toISOString().replace('T', ' ').replace('Z', '') : value;
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
  );
}
const tables = async () =>
  (await source.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"))
    .map(({ name }) => String(name))
    .filter((name) => name !== 'migrations');
const countsIn = async ({ sql }: TestDatabase) => {
  const counts: Record<string, number> = {};
  for (const table of await tables())
    counts[table] = Number((await sql(`SELECT COUNT(*) AS found FROM ${table}`))[0]?.found);
  return counts;
};

/** The copy of them: how it was made is written down there, before and behind it. */
const withItsAct = (counts: Record<string, number>) => ({
  ...counts,
  change_log: (counts.change_log ?? 0) + 2,
});

describe('copying the embedded database to a server', { concurrency: false }, () => {
  let target: TestDatabase;

  test('takes every table whole, and says how many rows', async () => {
    target = await emptyTarget();
    const { code, stdout, stderr } = await copy(target);
    assert.equal(code, 0, stderr);
    const counts = await countsIn(source);
    assert.equal(counts.exchange, 3);
    assert.deepEqual(await countsIn(target), withItsAct(counts));
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    assert.match(stdout, new RegExp(`copied ${rows} rows of ${Object.keys(counts).length} tables`));
    assert.match(stderr, new RegExp(`population_member: ${MEMBERS} of ${MEMBERS}`));
  });

  test('keeps ids, moments, text, numbers and nulls as they are', async () => {
    for (const [table, order] of [
      ['party', 'id'],
      ['party_grant', 'id'],
      ['exchange', 'id'],
      ['exchange_subject', 'exchange_id, seq'],
      ['look_up', 'id'],
      ['change_stamp', 'id'],
    ] as const) {
      const kept = await contents(source, table, order);
      assert.ok(kept.length > 0, table);
      assert.deepEqual(await contents(target, table, order), kept, table);
    }
    const [lock] = await target.sql(
      'SELECT CAST(turns AS CHAR) AS turns FROM registration_lock WHERE slot = 7',
    );
    assert.equal(lock?.turns, '9007199254740993');
  });

  test('reads the same through the store, and gives no id out twice', async () => {
    const [old, copied] = [await open(source.url), await open(target.url)];
    try {
      assert.deepEqual(await copied.image('all'), await old.image('all'));
      assert.deepEqual(await copied.exchange('b'.repeat(26)), await old.exchange('b'.repeat(26)));
      const next = newParty({ name: 'The next', cbeNumber: '0777770077', identities: [], certificates: [] });
      assert.equal((await copied.addParty(next)).id, (await old.addParty(next)).id);
    } finally {
      await old.close();
      await copied.close();
    }
  });

  test('refuses a database that has something in it, and says what', async () => {
    const { code, stderr } = await copy(target);
    assert.equal(code, 1);
    assert.match(stderr, /not empty: .*exchange \(3\).*Make an empty one/);
    const other = await emptyTarget();
    await other.sql('CREATE TABLE payroll (id INTEGER)');
    const refusal = await copy(other);
    assert.match(refusal.stderr, /not empty: payroll \(not a table of ours\)/);
    assert.deepEqual(await other.sql('SHOW TABLES LIKE "copy%"'), []);
  });

  test('takes a database that was only migrated for an empty one', async () => {
    const migrated = await emptyTarget();
    const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: migrated.url };
    assert.equal((await runVerb(['migrate'], settings)).code, 0);
    assert.equal((await copy(migrated)).code, 0);
    assert.deepEqual(await countsIn(migrated), withItsAct(await countsIn(source)));
  });

  test('refuses while anything has the source or the target open', async () => {
    const other = await emptyTarget();
    const reading = await open(source.url);
    const inUse = await copy(other).finally(reading.close);
    assert.equal(inUse.code, 1);
    assert.match(inUse.stderr, /database .* is in use: stop the bus/);
    const waiting = await open(other.url);
    const refusal = await copy(other).finally(waiting.close);
    assert.match(refusal.stderr, /the database to copy into is in use by kruispunt.* stop the bus/);
  });

  test('refuses what is no embedded database of this version, and makes no file', async () => {
    const other = await emptyTarget();
    const nothing = join(folder, 'nothing.db');
    assert.match((await copy(other, `sqlite:${nothing}`)).stderr, /there is no database .*nothing\.db/);
    const foreign = new DatabaseSync(join(folder, 'foreign.db'));
    foreign.exec('CREATE TABLE t (x)');
    foreign.close();
    const refusal = await copy(other, `sqlite:${join(folder, 'foreign.db')}`);
    assert.match(refusal.stderr, /is not at this version: bring it there first, with .* kruispunt migrate/);
    assert.equal((await copy(other, nothing)).code, 2);
    assert.equal((await runVerb(['migrate', '--copy-from', source.url], { KRUISPUNT_VAR: folder })).code, 2);
    assert.deepEqual(await other.sql('SHOW TABLES'), []);
  });

  test('names the table and the server’s reason when a row does not fit there', async () => {
    const tight = await sqliteDatabase();
    try {
      await (await open(tight.url)).close();
      await tight.sql(
        `INSERT INTO party (name, cbe_number, profile) VALUES ('${'x'.repeat(300)}', '1', 'basic')`,
      );
      const { code, stderr } = await copy(await emptyTarget(), tight.url);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /table party, rows 1 to 1 in the order of the source: Data too long for column 'name'/,
      );
    } finally {
      await tight.remove();
    }
  });

  test('lets no bus start on a copy that was killed half-way, and begins it anew', async () => {
    const other = await emptyTarget();
    const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'migrate', '--copy-from', source.url], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: other.url },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const members = async () => {
      const isThere = (await other.sql("SHOW TABLES LIKE 'population_member'")).length > 0;
      const [count] = isThere ? await other.sql('SELECT COUNT(*) AS found FROM population_member') : [];
      return Number(count?.found ?? 0);
    };
    // Rows are committed by the thousand: from the first of these on there is half a copy.
    while (child.exitCode === null && (await members()) === 0) await pause(10);
    child.kill('SIGKILL');
    const [, signal] = await ended;
    assert.equal(signal, 'SIGKILL', 'the copy was whole before it could be killed');
    const half = await members();
    assert.ok(half > 0 && half < MEMBERS, String(half));

    const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: other.url, KRUISPUNT_DEMO: '1' };
    await assert.rejects(startProgram(settings), /a copy into this database is under way, or was cut off/);
    const again = await copy(other);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(await countsIn(other), withItsAct(await countsIn(source)));
    await (await open(other.url)).close();
  });
});

test('a bus that starts on the copy answers, with what it knew before', async () => {
  const target = await emptyTarget();
  const world = demoFolder();
  const embedded = { KRUISPUNT_VAR: world, KRUISPUNT_DEMO: '1' };
  const server = { ...embedded, KRUISPUNT_DATABASE_URL: target.url };
  const ask = async (url: string, settings: Record<string, string>) => {
    const { code, stdout, stderr } = await runVerb(['call', 'GeefPersoon', '--url', url, '--json'], settings);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const before = await startProgram(embedded);
  await ask(before.url, embedded);
  const refusal = await copy(target, `sqlite:${join(world, 'kruispunt.db')}`);
  assert.match(refusal.stderr, /is in use: stop the bus/);
  await before.stop();
  const copied = await copy(target, `sqlite:${join(world, 'kruispunt.db')}`);
  assert.equal(copied.code, 0, copied.stderr);
  const bus = await startProgram(server);
  try {
    await ask(bus.url, server);
    const { stdout } = await runVerb(['audit', 'list', '--json'], server);
    assert.equal(JSON.parse(stdout).length, 2);
  } finally {
    await bus.stop();
  }
});
