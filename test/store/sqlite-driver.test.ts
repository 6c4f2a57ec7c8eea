import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/sqlite-driver.ts';
import { sqliteDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered } from './samples.ts';

const database = await sqliteDatabase();
const path = database.url.slice('sqlite:'.length);
after(() => database.remove());

test('waits for the disk at every commit, and keeps references whole', () => {
  const opened = openDatabase(path);
  const setting = (name: string) => Object.values(opened.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  const FULL = 2;
  assert.deepEqual(
    [setting('journal_mode'), setting('synchronous'), setting('foreign_keys')],
    ['wal', FULL, 1],
  );
  opened.close();
});

test('waits for another process that writes, without holding up this one', async () => {
  const store = await openStore(database.url, { clock: systemClock, keys });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  let isRecorded = false;
  const exchange = answered();
  const recorded = store.record(exchange).then(() => {
    isRecorded = true;
  });
  await pause(250);
  assert.equal(isRecorded, false);
  other.exec('COMMIT');
  other.close();
  await recorded;
  assert.deepEqual(await store.exchange(exchange.id), exchange);
  await store.close();
});

test('waits for a file that another process is just making', async () => {
  const fresh = await sqliteDatabase();
  const other = new DatabaseSync(fresh.url.slice('sqlite:'.length));
  other.exec('BEGIN EXCLUSIVE');
  const opening = openStore(fresh.url, { clock: systemClock, keys });
  await pause(250);
  other.exec('COMMIT');
  other.close();
  const store = await opening;
  await store.ping();
  await store.close();
  await fresh.remove();
});
