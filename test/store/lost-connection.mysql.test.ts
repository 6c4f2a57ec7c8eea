import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { mysqlDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered, newParty } from './samples.ts';

const database = await mysqlDatabase();
const store = await openStore(database.url, { clock: systemClock, keys });
const operator = await createConnection({ uri: database.url });
after(async () => {
  await operator.end();
  await store.close();
  await database.remove();
});

/** Ends every other connection to this database, as a server that restarts does. */
const cutAll = async () => {
  const [others] = await operator.query<RowDataPacket[]>(
    'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  );
  for (const { id } of others) await operator.query(`KILL ${id}`);
  return others.length;
};

test('rejects the records whose connection is lost, leaves nothing of them, and writes the next', async () => {
  await store.record(answered());
  await operator.query('LOCK TABLES exchange_subject WRITE');
  const lost = [answered(), answered()];
  const results = Promise.allSettled(lost.map(store.record));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok((await cutAll()) > 0);
  assert.deepEqual(
    (await results).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await operator.query('UNLOCK TABLES');
  const next = answered();
  await store.record(next);
  assert.deepEqual(await store.exchange(next.id), next);
  for (const { id } of lost) assert.equal(await store.exchange(id), null);
});

test('goes on after all of its idle connections were ended', async () => {
  const party = await store.addParty(newParty());
  const { subjects } = answered();
  const subject = subjects[0] ?? assert.fail();
  assert.equal(await store.isRegistered(party.id, null, subject, '2026-03-01'), false);
  await cutAll();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await store.ping();
  await store.record(answered());
  assert.equal(await store.isRegistered(party.id, null, subject, '2026-03-01'), false);
  await store.addParty(newParty());
});

test('gives a record up when the server says nothing for five seconds, and leaves nothing of it', async () => {
  await operator.query('LOCK TABLES exchange WRITE');
  const given = answered();
  await assert.rejects(store.record(given), /did not answer within 5000 ms/);
  await operator.query('UNLOCK TABLES');
  const next = answered();
  await store.record(next);
  assert.equal(await store.exchange(given.id), null);
});
