import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { chainWriter } from '../../src/store/chain-writer.ts';
import { openStore } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/sqlite-driver.ts';
import { hotPath } from '../../src/store/sqlite-hot-path.ts';
import { sqliteDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered } from './samples.ts';

const NORMAL = 1;
const FULL = 2;

const file = await sqliteDatabase();
await (await openStore(file.url, { clock: systemClock })).close();
const database = openDatabase(file.url.slice('sqlite:'.length));
const hot = hotPath(database);
const chain = chainWriter(async (batch) => hot.insertAll(batch), randomUUID, keys);
const synchronous = () => Number(database.prepare('PRAGMA synchronous').get()?.synchronous);
const seen: [table: string, synchronous: number][] = [];

before(() => {
  database.function('look_at', (table) => {
    seen.push([String(table), synchronous()]);
    return null;
  });
  for (const table of ['exchange', 'seen_message'])
    database.exec(
      `CREATE TEMP TRIGGER look_${table} AFTER INSERT ON main.${table} BEGIN SELECT look_at('${table}'); END`,
    );
});
after(async () => {
  database.close();
  await file.remove();
});

const message = { key: 'k'.repeat(43), exchangeId: 'first', until: '2026-03-01 10:00:00.000' };

test('waits for the disk where an exchange is written down, and there alone', async () => {
  hot.noteAll([message]);
  await chain.write([answered(), answered()]);
  hot.noteAll([{ ...message, key: 'l'.repeat(43) }]);
  assert.deepEqual(seen, [
    ['seen_message', NORMAL],
    ['exchange', FULL],
    ['exchange', FULL],
    ['seen_message', NORMAL],
  ]);
});

test('goes on as before after a batch that could not be written', async () => {
  const twice = answered();
  await assert.rejects(chain.write([twice, twice]), /UNIQUE/);
  assert.equal(synchronous(), NORMAL);
  assert.equal(database.isTransaction, false);
  assert.equal(
    database.prepare('SELECT COUNT(*) AS found FROM exchange WHERE id = ?').get(twice.id)?.found,
    0,
    'all or nothing',
  );
  await chain.write([answered()]);
});

test('looks for several at once, tells each its own, and fails only who asked what cannot be asked', async () => {
  const subject = { kind: 'person', number: '90000000001' } as const;
  const wrong = { kind: 'person', number: {} as string } as const;
  const looks = [
    hot.isRegistered(1, null, subject, '2026-03-01'),
    hot.isRegistered(1, null, wrong, '2026-03-01'),
    hot.isInPopulation('jeugd', subject, '2026-03-01'),
    hot.registeredDays(1, 'arts', subject),
  ];
  const [one, other, third, last] = await Promise.allSettled(looks);
  assert.deepEqual(
    [one, third, last],
    [
      { status: 'fulfilled', value: false },
      { status: 'fulfilled', value: false },
      { status: 'fulfilled', value: [] },
    ],
  );
  assert.equal(other?.status, 'rejected');
  assert.equal(database.isTransaction, false);
});

test('fails all who look where the database cannot be looked at, and goes on afterwards', async () => {
  const subject = { kind: 'person', number: '90000000001' } as const;
  const look = () => hot.isRegistered(1, null, subject, '2026-03-01');
  const looks = [look(), look()];
  // As if something went on there that must not be touched.
  database.exec('BEGIN');
  const results = await Promise.allSettled(looks);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(database.isTransaction, false);
  assert.equal(await look(), false);
});

test('tells of a message that comes twice in one batch in which exchange it came first', () => {
  const found = hot.noteAll([
    { ...message, key: 'n'.repeat(43), exchangeId: 'one' },
    { ...message, key: 'n'.repeat(43), exchangeId: 'two' },
    message,
  ]);
  assert.deepEqual(
    [...found],
    [
      ['n'.repeat(43), 'one'],
      [message.key, 'first'],
    ],
  );
});
