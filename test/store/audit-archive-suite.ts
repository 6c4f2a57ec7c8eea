import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { archivedExchanges, shelfIn, wholeAudit } from '../../src/archives.ts';
import { checkArchive } from '../../src/audit/check-archive.ts';
import { newKeyLine, readKeyRing } from '../../src/audit/key-ring.ts';
import { exporting, readersFor, verifyingFile } from '../../src/auditing.ts';
import { FailedError } from '../../src/cli/output.ts';
import { archiveName } from '../../src/exchange/audit-archive.ts';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import { type RetentionNeeds, retainAudit } from '../../src/retention.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import type { TestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/program.ts';
import { keys, ring } from '../support/subject-keys.ts';
import { bus, type ChainWorld, chainWorld, HOUR, stranger } from './audit-chain-world.ts';
import { answered } from './samples.ts';

const DAY = 24 * HOUR;
const never = new AbortController().signal;
const silent = { info: () => {}, error: () => {} };
const PERSON = { kind: 'person', number: '00610100136' } as const;

export const auditArchiveSuite = (database: TestDatabase) =>
  describe('archives of the audit', { concurrency: false }, () => {
    let world: ChainWorld;
    before(async () => {
      world = await chainWorld(database);
    });
    after(() => world.close());

    const needs = (changes: Partial<RetentionNeeds> = {}): RetentionNeeds => ({
      ...{ store: world.a, keys: ring, folder: world.folder, sign: createDocumentSigner(bus).sign },
      ...{ clock: world.clock, who: 'kruispunt', log: silent, onlineDays: 1, keepDays: 30, ...changes },
    });
    const retain = (changes: Partial<RetentionNeeds> = {}, wait = 0) =>
      retainAudit(needs(changes), { most: 100, wait }, never);
    const online = async () =>
      Number((await database.sql('SELECT COUNT(*) AS found FROM exchange'))[0]?.found);
    const path = (number: number) => world.folder.path(archiveName(number));
    const searched = () => archivedExchanges(world.a, shelfIn(world.folder, world.a, ring), keys);
    /** What is made of all of it elsewhere, with the bus's certificate alone. */
    const exported = async () => {
      const lines = await exporting(world.audit, world.clock)(new Date(0), world.clock.now(), 'auditor');
      const path = join(temporaryFolder(), 'export.jsonl');
      for await (const line of lines) appendFileSync(path, `${line}\n`);
      return verifyingFile(noKeys)(path, [bus.certificate]);
    };
    /** What `audit archive verify` says. */
    const wrong = async (number: number) => {
      const parts = await world.a.archiveParts(number);
      const { readAnchor } = readersFor([bus.certificate]);
      const shelf = shelfIn(world.folder, world.a, ring);
      return shelf.using(number, (archive) => checkArchive(archive, parts, readAnchor, (row) => row));
    };
    const firstOf = async () => {
      const [finding] = (await world.verify()).findings;
      return finding ? [finding.what, finding.sequence, finding.text] : null;
    };

    test('leaves everything where it is until it is old enough, and until there is enough for a file', async () => {
      assert.deepEqual((await retain({ onlineDays: null })).made, []);
      world.clock.advance(DAY - 3 * HOUR);
      assert.deepEqual((await retain()).made, []); // the first anchor is 23 hours old
      world.clock.advance(1.5 * HOUR);
      assert.deepEqual((await retain({}, DAY)).made, []);
      assert.equal(await online(), 44);
    });

    test('moves what the anchors cover that are old enough, and the audit is as whole as it was', async () => {
      const [archive, ...more] = (await retain()).made;
      assert.deepEqual([archive?.number, archive?.rows, archive?.throughAnchor, more], [1, 20, 1, []]);
      assert.deepEqual(await wrong(1), []);
      assert.equal(await online(), 24);
      const report = await world.verify();
      assert.deepEqual([report.findings, report.rows, report.rowsBefore], [[], 43, 1]);
      const [change] = await world.a.changes({ limit: 1 });
      assert.deepEqual([change?.kind, change?.name, change?.who], ['audit', 'archive 1 made', 'kruispunt']);
      const left = await database.sql('SELECT COUNT(*) AS found FROM exchange_subject');
      const strays = await database.sql(
        'SELECT COUNT(*) AS found FROM exchange_subject WHERE exchange_id NOT IN (SELECT id FROM exchange)',
      );
      assert.ok(Number(left[0]?.found) > 0);
      assert.equal(Number(strays[0]?.found), 0);
      assert.deepEqual((await retain()).made, []);
      const { oldest, archives, ...figures } = await world.a.auditFigures();
      assert.deepEqual([figures.online, oldest?.getTime()], [23, world.clock.now().getTime() - 23.5 * HOUR]);
      assert.deepEqual({ ...archives, size: 0 }, { kept: 1, rows: 20, size: 0, destroyed: 0, unfinished: 0 });
    });

    test('goes on where it was', async () => {
      world.clock.advance(HOUR);
      assert.deepEqual(
        (await retain()).made.map(({ number, rows }) => [number, rows]),
        [[2, 20]],
      );
      assert.equal(await online(), 4);
      await world.anchor([]);
      const report = await world.verify();
      assert.deepEqual([report.findings, report.rows, report.beyond], [[], 43, []]);
    });

    test('has nothing in a file or its name that could be read without the keys', () => {
      for (const name of readdirSync(world.folder.path(''))) {
        assert.match(name, /^audit-\d{6}\.kra$/);
        const bytes = readFileSync(world.folder.path(name)).toString('latin1');
        assert.doesNotMatch(bytes.slice(bytes.indexOf('\n')), /GeefPersoon|00610100136|Sociaal/);
        assert.match(bytes, /^\{"format":"kruispunt-archive-1","id":"[0-9a-f-]{36}"\}\n/);
      }
    });

    test('finds an exchange by its id, about somebody, and by time', async () => {
      const { archivedExchange, archivedAbout, archivedBetween } = searched();
      const id = world.ids.a[3] ?? '';
      const found = await archivedExchange(id);
      assert.equal(found?.id, id);
      assert.deepEqual([found?.subjects.length, found?.sources.length], [2, 1]);
      assert.equal(await archivedExchange(randomUUID()), null);
      const about = await archivedAbout(PERSON);
      assert.equal(about.length, 20); // half of the rows have subjects
      assert.deepEqual(await archivedAbout({ kind: 'person', number: '74651210490' }), []);
      const filter = { from: new Date(0), to: null, party: null, code: null, limit: 99 };
      assert.equal((await archivedBetween(filter)).length, 40);
      assert.equal((await archivedBetween({ ...filter, limit: 3 })).length, 3);
      assert.equal((await archivedBetween({ ...filter, code: '30001' })).length, 10);
      const late = await archivedBetween({ ...filter, from: new Date(about[0]?.receivedAt ?? 0) });
      assert.equal(late.length, 20);
    });

    test('shows what is in archives beside what is online, each exchange once', async () => {
      const { exchange, exchanges, lookUp } = wholeAudit(world.a, shelfIn(world.folder, world.a, ring), keys);
      const [archived = '', latest = ''] = [world.ids.a[3], world.ids.a[22]];
      assert.equal((await exchange(archived))?.id, archived);
      assert.equal((await exchange(latest))?.id, latest);
      assert.equal((await lookUp(PERSON, 'auditor')).length, 22); // with the one from before the chain
      const all = { party: null, code: null, to: null, limit: 99 };
      assert.equal((await exchanges({ ...all, from: null })).length, 4);
      const found = await exchanges({ ...all, from: new Date(0) });
      assert.equal(new Set(found.map(({ id }) => id)).size, 44);
      const newest = await exchanges({ ...all, from: new Date(0), limit: 2 });
      assert.deepEqual(newest, found.slice(0, 2));
    });

    test('is exported from archives and database together', async () => {
      const { findings, rows, destroyed } = await exported();
      assert.deepEqual([findings, rows, destroyed], [[], 43, []]);
    });

    const kept = (number: number, change: (bytes: Buffer) => Buffer | null) => {
      const bytes = readFileSync(path(number));
      const changed = change(Buffer.from(bytes));
      if (changed) writeFileSync(path(number), changed);
      else rmSync(path(number));
      return () => writeFileSync(path(number), bytes);
    };

    test('names an archive that is damaged, gone, exchanged or sealed with a key that is not there, and no other', async () => {
      const flipped = (at: number) => (bytes: Buffer) => {
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes;
      };
      const other = readFileSync(path(2));
      for (const change of [
        flipped(900),
        () => null,
        (bytes: Buffer) => bytes.subarray(0, -100),
        () => other,
      ]) {
        const restore = kept(1, change);
        const { findings, rows } = await world.verify();
        restore();
        assert.deepEqual([findings.length, findings[0]?.what, findings[0]?.sequence], [1, 'unreadable', 1]);
        assert.equal(rows, 23);
      }
      const strange = shelfIn(world.folder, world.a, readKeyRing(newKeyLine()));
      const { findings } = await strange.lost();
      assert.equal(findings.length, 2);
      assert.match(findings[0]?.text ?? '', /sealed with the key [0-9a-f]{12}, which is not among/);
      await assert.rejects(
        archivedExchanges(world.a, strange, keys).archivedAbout(PERSON),
        (error) =>
          error instanceof FailedError && /^archive 2 of the audit cannot be read/.test(error.message),
      );
      assert.equal(await firstOf(), null);
    });

    test('names rows as removed whose archive nobody wrote down, and rows that were put beside it', async () => {
      await database.sql('CREATE TABLE kept_part AS SELECT * FROM audit_archive_part');
      await database.sql('DELETE FROM audit_archive_part WHERE archive_number = 1');
      assert.deepEqual((await firstOf())?.slice(0, 2), ['removed', 1]);
      await database.sql('INSERT INTO audit_archive_part SELECT * FROM kept_part WHERE archive_number = 1');
      await database.sql(
        "UPDATE audit_archive SET destroyed_at = '2026-03-04 00:00:00.000' WHERE number = 1",
      );
      assert.deepEqual((await firstOf())?.slice(0, 2), ['removed', 1]); // nobody signed that
      await database.sql('UPDATE audit_archive SET destroyed_at = NULL WHERE number = 1');
      const [row] = await database.sql(`SELECT id FROM exchange WHERE writer = '${world.of.a}' LIMIT 1`);
      const moved = (to: number) =>
        database.sql(`UPDATE exchange SET chain_sequence = ${to} WHERE id = '${row?.id}'`);
      await moved(5);
      assert.deepEqual((await firstOf())?.slice(0, 2), ['inserted', 5]);
      await moved(21);
      assert.equal(await firstOf(), null);
    });

    test('destroys an archive when its term is over, and says so, signed; the rest still holds', async () => {
      assert.deepEqual((await retain()).destroyed, []);
      world.clock.advance(29 * DAY - HOUR);
      assert.deepEqual(
        (await retain()).destroyed.map(({ number }) => number),
        [1],
      );
      assert.deepEqual(readdirSync(world.folder.path('')).sort(), [2, 3].map(archiveName));
      const report = await world.verify();
      assert.deepEqual([report.findings, report.rows], [[], 23]);
      const [destroyed] = report.destroyed;
      assert.deepEqual([destroyed?.archive, destroyed?.rows, destroyed?.keptDays], [1, 20, 30]);
      const [change] = await world.a.changes({ limit: 1 });
      assert.deepEqual([change?.name, change?.after], ['archive 1 destroyed', null]);
      assert.equal((await searched().archivedAbout(PERSON)).length, 11);
      const elsewhere = await exported();
      assert.deepEqual([elsewhere.findings, elsewhere.rows, elsewhere.destroyed.length], [[], 23, 1]);
    });

    test('believes nothing of a destruction that the bus did not sign, or that does not fit', async () => {
      const set = (from: string, to: string) =>
        database.sql(
          `UPDATE audit_archive SET statement = REPLACE(statement, '${from}', '${to}') WHERE number = 1`,
        );
      await set('<d:rows>20<', '<d:rows>21<');
      assert.match(
        (await firstOf())?.join(' ') ?? '',
        /^changed 1 what is said of the destruction of archive 1/,
      );
      await set('<d:rows>21<', '<d:rows>20<');
      assert.equal(await firstOf(), null);
      const strange = await world.verify([stranger.certificate]);
      assert.ok(strange.findings.some(({ of }) => of === 'archive'));
      await database.sql('CREATE TABLE kept_archive AS SELECT * FROM audit_archive');
      await database.sql('UPDATE audit_archive SET statement = NULL WHERE number = 1');
      assert.deepEqual((await firstOf())?.slice(0, 2), ['removed', 1]);
      await database.sql(
        'UPDATE audit_archive SET statement = (SELECT statement FROM kept_archive WHERE number = 1) WHERE number = 1',
      );
    });

    test('writes nothing where the folder is gone, and nothing over an archive that it does not know of', async () => {
      await record(world, 5);
      renameSync(world.folder.path(''), `${world.folder.path('')}.x`);
      world.clock.advance(2 * DAY);
      await assert.rejects(retain(), /is not there/);
      renameSync(`${world.folder.path('')}.x`, world.folder.path(''));
      writeFileSync(path(4), readFileSync(path(2)));
      await assert.rejects(retain(), /an archive that this database does not know of/);
      writeFileSync(path(4), 'something else');
      await assert.rejects(retain(), /an archive that this database does not know of/);
      rmSync(path(4));
      assert.equal((await retain()).made.length, 1);
      assert.equal(await firstOf(), null);
    });

    test('moves what somebody changed as it is, says so, and it is named afterwards as it was before', async () => {
      const [first] = await record(world, 5);
      await database.sql(`UPDATE exchange SET party = 'Iemand anders' WHERE id = '${first}'`);
      const before = await firstOf();
      assert.equal(before?.[0], 'changed');
      world.clock.advance(2 * DAY);
      const told: object[] = [];
      const [archive] = (await retain({ log: { ...silent, error: (about) => told.push(about) } })).made;
      assert.deepEqual([archive?.rows, archive?.findings, told.length], [5, 1, 1]);
      assert.deepEqual(await firstOf(), before);
      assert.equal((await wrong(archive?.number ?? 0)).length, 1);
      // Of what was in it there is nothing left to be named when its term is over.
      world.clock.advance(40 * DAY);
      await retain();
      assert.equal(await firstOf(), null);
    });

    test('deletes nothing and leaves nothing behind when the disk is full', async () => {
      await record(world, 5);
      world.clock.advance(2 * DAY);
      const there = readdirSync(world.folder.path(''));
      const full: RetentionNeeds['folder'] = {
        ...world.folder,
        write: (name, bytes) => world.folder.write(name, upTo(200, bytes)),
      };
      await assert.rejects(retain({ folder: full }), /no space left/);
      assert.deepEqual(readdirSync(world.folder.path('')), there);
      assert.equal(await online(), 6);
      assert.equal((await retain()).made.length, 1);
      assert.equal(await firstOf(), null);
    });

    test('puts no archive in place that does not hold what was put in, to the last of its indexes', async () => {
      await record(world, 300);
      world.clock.advance(2 * DAY);
      const there = readdirSync(world.folder.path(''));
      const failing: RetentionNeeds['folder'] = {
        ...world.folder,
        write: async (name, bytes) => {
          const file = await world.folder.write(name, bytes);
          const read = readFileSync(file.path);
          const directory = Number(read.readBigUInt64BE(read.length - 8));
          const at = read.length - 8 - directory - 1;
          read[at] = (read[at] ?? 0) ^ 1;
          writeFileSync(file.path, read);
          return file;
        },
      };
      await assert.rejects(retain({ folder: failing }), /damaged or changed/);
      assert.deepEqual(readdirSync(world.folder.path('')), there);
      assert.equal(await online(), 301);
      assert.equal((await retain()).made.length, 1);
      world.clock.advance(40 * DAY);
      await retain();
    });

    test('deletes no row while the file is not the one that was made, and goes on once it is', async () => {
      await record(world, 5);
      world.clock.advance(2 * DAY);
      const killed = { ...world.a, removeArchived: () => Promise.reject(new Error('killed')) };
      await assert.rejects(retain({ store: killed }), /killed/);
      const number = (await world.a.lastArchive())?.number ?? 0;
      const restore = kept(number, (bytes) => bytes.subarray(0, -1));
      await assert.rejects(retain(), /cannot be read, and its rows stay in the database/);
      assert.equal(await online(), 6);
      assert.equal((await world.a.auditFigures()).archives.unfinished, 1);
      assert.equal(await firstOf(), null); // the rows are all there
      restore();
      await retain();
      assert.equal(await online(), 1);
    });

    test('takes away what attempts left that died long ago', async () => {
      const [old, young] = [`${path(900)}.x.part`, `${path(901)}.x.part`];
      for (const [name, age] of [
        [old, 2 * DAY],
        [young, HOUR],
      ] as const) {
        writeFileSync(name, 'x');
        const at = new Date(world.clock.now().getTime() - age);
        utimesSync(name, at, at);
      }
      await retain();
      const there = readdirSync(world.folder.path('')).filter((name) => name.endsWith('.part'));
      assert.deepEqual(there, ['audit-000901.kra.x.part']);
      rmSync(young);
    });

    test('closes what a process closed that has nothing left in the database', async () => {
      await record(world, 2);
      world.clock.advance(2 * DAY);
      await retain();
      assert.equal(await online(), 1);
      assert.equal((await world.anchor([...world.a.endChain()]))?.writers, 1);
      assert.equal(await firstOf(), null);
    });

    test('makes an archive once, however many make it at the same moment', async () => {
      await record(world, 5);
      world.clock.advance(2 * DAY);
      const before = (await world.a.archives()).length;
      const both = await Promise.allSettled([retain(), retain({ store: world.b })]);
      assert.ok(both.some(({ status }) => status === 'fulfilled'));
      await retain();
      assert.equal((await world.a.archives()).length, before + 1);
      assert.equal(await firstOf(), null);
    });
  });

/** Rows of process a, and an anchor for them. */
export async function record(world: ChainWorld, count: number): Promise<readonly string[]> {
  const rows = Array.from({ length: count }, () => answered({ receivedAt: world.clock.now() }));
  await Promise.all(rows.map((row) => world.a.record(row)));
  await world.anchor([]);
  return rows.map(({ id }) => id);
}

/** What is written until there is no room. */
async function* upTo(size: number, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let left = size;
  for await (const piece of bytes) {
    left -= piece.byteLength;
    if (left < 0) throw new Error('ENOSPC: no space left on device');
    yield piece;
  }
}
