import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createConnection } from 'mysql2/promise';
import type { EntityManager } from 'typeorm';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { openMysql } from '../../src/store/mysql-engine.ts';
import { mysqlDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered } from './samples.ts';

const database = await mysqlDatabase();
const engine = await openMysql(new URL(database.url), keys);
await database.sql('CREATE TABLE step (id INTEGER PRIMARY KEY, count INTEGER NOT NULL)');
await database.sql('INSERT INTO step VALUES (1, 0), (2, 0)');
after(async () => {
  await engine.close();
  await database.remove();
});

const stepOn = (manager: EntityManager, id: number) =>
  manager.query('UPDATE step SET count = count + 1 WHERE id = ?', [id]);

for (const kind of ['write', 'writeLive'] as const)
  test(`of two that stand in each other's way ("${kind}") the one undone is done again`, async () => {
    await database.sql('UPDATE step SET count = 0');
    let [begun, tries] = [0, 0];
    const both = Promise.withResolvers<void>();
    const cross = (first: number, second: number) =>
      engine[kind](async (manager) => {
        tries += 1;
        await stepOn(manager, first);
        begun += 1;
        if (begun === 2) both.resolve();
        await both.promise;
        await stepOn(manager, second);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    assert.equal(tries, 3);
    const counts = await database.sql('SELECT count FROM step ORDER BY id');
    assert.deepEqual(
      counts.map(({ count }) => Number(count)),
      [2, 2],
    );
  });

/** Holds what is inserted second, then asks for what was inserted first: one of the two must give way. */
async function inTheWayOf(insert: () => Promise<unknown>, first: string, second: string, many: string) {
  const other = await createConnection({ uri: database.url });
  try {
    await other.query('SET foreign_key_checks = 0');
    await other.query('BEGIN');
    // The server lets the one go on that has done more.
    for (let count = 0; count < 50; count += 1) await other.query(many, [`other-${count}`]);
    await other.query(second);
    const inserted = insert();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await other.query(first);
    await other.query('ROLLBACK');
    await inserted;
  } finally {
    await other.end();
  }
}

const MESSAGE =
  "INSERT INTO seen_message (message_key, exchange_id, seen_until) VALUES (?, 'x', '2030-01-01')";

test('an exchange is in the audit although the server undid its first try', async () => {
  const store = await openStore(database.url, { clock: systemClock, keys });
  try {
    const exchange = answered();
    await inTheWayOf(
      () => store.record(exchange),
      `SELECT id FROM exchange WHERE id = '${exchange.id}' FOR UPDATE`,
      `INSERT INTO exchange_subject (exchange_id, seq, subject_kind, subject_hash, subject_sealed) VALUES ('${exchange.id}', 0, 'person', '', '')`,
      MESSAGE,
    );
    assert.deepEqual(await store.exchange(exchange.id), exchange);
  } finally {
    await store.close();
  }
});

test('messages are noted although the server undid the first try', async () => {
  const until = new Date('2030-01-01T00:00:00Z');
  const store = await openStore(database.url, { clock: systemClock, keys });
  try {
    const both = (by: string) =>
      Promise.all(['a-first', 'b-second'].map((key) => store.remember(key, `${by}-${key}`, until)));
    await inTheWayOf(
      async () => assert.deepEqual(await both('one'), [null, null]),
      "SELECT exchange_id FROM seen_message WHERE message_key = 'a-first' FOR UPDATE",
      MESSAGE.replace('?', "'b-second'"),
      MESSAGE,
    );
    assert.deepEqual(await both('other'), ['one-a-first', 'one-b-second']);
  } finally {
    await store.close();
  }
});
