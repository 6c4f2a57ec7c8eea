import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { anchorContent, anchorRoot } from '../../src/audit/anchor.ts';
import { verifyingDatabase } from '../../src/auditing.ts';
import { GENESIS, linkHash } from '../../src/exchange/audit-chain.ts';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { exchangeColumns, exchangeValues } from '../../src/store/exchange-row.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { NOW } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { bus, emptyShelf } from './audit-chain-world.ts';
import { answered, refused } from './samples.ts';

/** A database of the version before: with numbers in plain, hashed and anchored with them. */

const person = { kind: 'person', number: '74651210490' } as const;
const OFFICIAL = '67671212038';
const WRITER = '0b7e4c52-61a3-4d0f-9a55-2f6d0c1b7e90';
const rows = [
  answered({ subjects: [person, { kind: 'enterprise', number: '0200000097' }], endUser: OFFICIAL }),
  refused(),
  answered({ subjects: [person], endUser: '💶'.repeat(127) }),
];
const verifying = (store: Store, known: typeof keys) =>
  verifyingDatabase({ store, shelf: emptyShelf }, known);
const numbers = [person.number, OFFICIAL, '0200000097'];

const quoted = (value: string | number | null) =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

/** Takes what this version adds out of a new database, and writes what the one before it would have. */
async function writeAsBefore(database: TestDatabase) {
  await (await openStore(database.url, { clock: stoppedClock(NOW) })).close();
  const of = (table: string) => (database.url.startsWith('mysql:') ? ` ON ${table}` : '');
  for (const table of ['exchange_subject', 'look_up']) {
    await database.sql(`DROP INDEX ${table}_hash${of(table)}`);
    for (const column of ['subject_hash', 'subject_sealed'])
      await database.sql(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    await database.sql(`ALTER TABLE ${table} ADD COLUMN subject_number varchar(32) NOT NULL DEFAULT ''`);
  }
  await database.sql(
    `CREATE INDEX exchange_subject_number ON exchange_subject (subject_kind, subject_number)`,
  );
  await database.sql('CREATE INDEX look_up_subject ON look_up (subject_kind, subject_number)');
  await database.sql('DROP TABLE audit_key');
  await database.sql("DELETE FROM migrations WHERE name LIKE 'SealedSubjects%'");

  let previous = GENESIS;
  for (const [index, exchange] of rows.entries()) {
    const row = exchangeValues(exchange, { seal: (text) => text });
    const subjects = exchange.subjects.map(({ kind, number }, seq) => [exchange.id, seq, kind, number]);
    const link = { writer: WRITER, sequence: index + 1, previous };
    const own = linkHash(link, { row, subjects });
    const values = [...row, WRITER, index + 1, previous, own].map(quoted).join(', ');
    await database.sql(
      `INSERT INTO exchange (${exchangeColumns.join(', ')}, writer, chain_sequence, previous_hash, row_hash) VALUES (${values})`,
    );
    for (const subject of subjects)
      await database.sql(
        `INSERT INTO exchange_subject (exchange_id, seq, subject_kind, subject_number) VALUES (${subject.map(quoted).join(', ')})`,
      );
    previous = own;
  }
  const heads = [{ writer: WRITER, sequence: rows.length, hash: previous, closed: true }];
  const content = anchorContent({ number: 1, at: NOW, previous: null, rowsBefore: 0, heads });
  const statement = Buffer.from(createDocumentSigner(bus).sign(anchorRoot, content)).toString('utf8');
  const digest = hash('sha256', statement, 'hex');
  await database.sql(
    `INSERT INTO audit_anchor (number, made_at, digest, unchained, statement) VALUES (1, '2026-03-02 10:00:00.000', '${digest}', 0, ${quoted(statement)})`,
  );
  await database.sql(
    `INSERT INTO look_up (looked_at, who, subject_kind, subject_number) VALUES ('2026-03-02 10:00:00.000', 'an', 'person', '${person.number}')`,
  );
  const image = JSON.stringify({ party: 'Stad', hoedanigheid: '6001', subject: person });
  await database.sql(
    `INSERT INTO change_log (changed_at, who, object_kind, object_name, image_before, image_after) VALUES
     ('2026-03-02 10:00:00.000', 'an', 'registration', 'Stad:6001 on person ${person.number}', NULL, '${image}'),
     ('2026-03-02 10:00:00.000', 'an', 'source', 'bron', NULL, '{}')`,
  );
}

/** `held`: whether anything that the engine keeps on the disk has this text. */
export const sealingSuite = (database: TestDatabase, held: (text: string) => boolean) =>
  describe('what an earlier version kept in plain', { concurrency: false }, () => {
    let store: Store;
    before(() => writeAsBefore(database));
    after(() => store?.close());

    const everything = async () => {
      const tables = ['exchange', 'exchange_subject', 'look_up', 'change_log', 'audit_anchor'];
      return JSON.stringify(await Promise.all(tables.map((table) => database.sql(`SELECT * FROM ${table}`))));
    };

    test('is not touched without the keys', async () => {
      await assert.rejects(
        openStore(database.url, { clock: stoppedClock(NOW) }),
        /cannot use the database .*keys of the audit are not known here \(KRUISPUNT_AUDIT_KEYS\)/,
      );
      const text = await everything();
      for (const number of numbers) assert.ok(text.includes(number), number);
    });

    test('is sealed when it is opened with them, once, and read as before', async () => {
      store = await openStore(database.url, { clock: stoppedClock(NOW), keys });
      const text = await everything();
      for (const number of numbers) assert.ok(!text.includes(number), number);
      await store.close();
      for (const number of numbers) assert.ok(!held(number), `${number} is still on the disk`);
      store = await openStore(database.url, { clock: stoppedClock(NOW), keys });
      assert.equal(await everything(), text);
      for (const row of rows) assert.deepEqual(await store.exchange(row.id), row);
      assert.deepEqual(
        (await store.lookUps(person)).map(({ who }) => who),
        ['an'],
      );
      const about = (await store.lookUp(person, 'bea')).map(({ id }) => id);
      assert.deepEqual(about.toSorted(), [rows[0]?.id, rows[2]?.id].toSorted());
      const [, change] = await store.changes({ limit: 2 });
      assert.equal(change?.name, `Stad:6001 on person ${person.number}`);
      const named = await store.changes({ name: change.name, limit: 9 });
      assert.deepEqual(named, [change]);
    });

    test('is proven by its old hashes with the keys, and by its places without', async () => {
      await store.record(answered({ subjects: [person] }));
      const [withKeys, without] = [
        await verifying(store, keys)([bus.certificate]),
        await verifying(store, noKeys)([bus.certificate]),
      ];
      assert.deepEqual([withKeys.findings, withKeys.rows, withKeys.unreadable], [[], 4, 0]);
      assert.deepEqual([without.findings, without.rows, without.unreadable], [[], 4, 2]);
    });

    test('tells what was changed in it since', async () => {
      const swap = (one: number, other: number) =>
        database.sql(
          `UPDATE exchange_subject SET subject_sealed = '${keys.seal(person.number, `${rows[one]?.id}/0/person`)}' WHERE exchange_id = '${rows[other]?.id}' AND seq = 0`,
        );
      await swap(0, 2);
      const [finding] = (await verifying(store, keys)([bus.certificate])).findings;
      assert.deepEqual([finding?.what, finding?.sequence], ['changed', 3]);
      await swap(2, 2);
      assert.deepEqual((await verifying(store, keys)([bus.certificate])).findings, []);
      const hashed = (text: string) =>
        database.sql(
          `UPDATE exchange_subject SET subject_hash = '${text}' WHERE exchange_id = '${rows[2]?.id}'`,
        );
      await hashed(keys.hash({ ...person, number: '80644125692' }));
      const [hidden] = (await verifying(store, keys)([bus.certificate])).findings;
      assert.deepEqual([hidden?.what, hidden?.sequence], ['changed', 3]);
      await hashed(keys.hash(person));
      await database.sql(`UPDATE exchange SET reason = 'x' WHERE id = '${rows[1]?.id}'`);
      const [other] = (await verifying(store, noKeys)([bus.certificate])).findings;
      assert.deepEqual([other?.what, other?.sequence], ['changed', 2]);
    });
  });
