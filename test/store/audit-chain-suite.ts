import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { GENESIS } from '../../src/exchange/audit-chain.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  type ChainWorld,
  chainWorld,
  HOUR,
  makeHashesFit,
  NO_PLACE,
  OLD,
  otherAnchor,
  rowsOf,
  stranger,
} from './audit-chain-world.ts';
import { answered } from './samples.ts';

const TABLES = ['exchange', 'exchange_subject', 'audit_anchor'];
const EMPTYING = ['exchange_subject', 'exchange', 'audit_anchor'];

export const auditChainSuite = (database: TestDatabase) =>
  describe('audit chain', { concurrency: false }, () => {
    let world: ChainWorld;
    before(async () => {
      world = await chainWorld(database);
      for (const table of TABLES) await database.sql(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
    });
    after(() => world.close());

    const sql = async (...statements: readonly string[]) => {
      for (const statement of statements) await database.sql(statement);
    };
    /** As it was before anybody laid hands on it. */
    const restore = async () => {
      for (const table of EMPTYING) await sql(`DELETE FROM ${table}`);
      for (const table of TABLES) await sql(`INSERT INTO ${table} SELECT * FROM kept_${table}`);
    };
    /** Of process a, unless said otherwise. */
    const id = (sequence: number, who: 'a' | 'b' = 'a') => world.ids[who][sequence - 1] ?? assert.fail();
    const row = (sequence: number) => `writer = '${world.of.a}' AND chain_sequence = ${sequence}`;
    const remove = async (which: string) =>
      sql(
        `DELETE FROM exchange_subject WHERE exchange_id IN (SELECT id FROM exchange WHERE ${which})`,
        `DELETE FROM exchange WHERE ${which}`,
      );
    /** Out of the way first, for no two rows can have one number, not even for a moment. */
    const move = (after: number, by: number) =>
      sql(
        `UPDATE exchange SET chain_sequence = chain_sequence + 1000 WHERE writer = '${world.of.a}' AND chain_sequence > ${after}`,
        `UPDATE exchange SET chain_sequence = chain_sequence - ${1000 - by} WHERE writer = '${world.of.a}' AND chain_sequence > 1000`,
      );
    const swapNumbers = (one: number, other: number) =>
      sql(
        `UPDATE exchange SET chain_sequence = 1000 WHERE ${row(one)}`,
        `UPDATE exchange SET chain_sequence = ${one} WHERE ${row(other)}`,
        `UPDATE exchange SET chain_sequence = ${other} WHERE ${row(1000)}`,
      );
    const place = async (sequence: number) =>
      (await rowsOf(world.a, world.of.a))[sequence - 1] ?? assert.fail();
    const put = (exchange: string, { sequence, previous, hash }: Awaited<ReturnType<typeof place>>) =>
      sql(
        `UPDATE exchange SET chain_sequence = ${sequence}, previous_hash = '${previous}', row_hash = '${hash}' WHERE id = '${exchange}'`,
      );
    const copy = (from: string, to: string, link: string) =>
      sql(
        `CREATE TABLE one_row AS SELECT * FROM exchange WHERE id = '${from}'`,
        `UPDATE one_row SET id = '${to}', ${link}`,
        'INSERT INTO exchange SELECT * FROM one_row',
        'DROP TABLE one_row',
      );
    const fit = async (from: number, until: number) => {
      const rows = await rowsOf(world.a, world.of.a);
      const previous = rows[from - 2]?.hash ?? GENESIS;
      await makeHashesFit(database, rows.slice(from - 1, until), previous);
    };

    const intact = () => world.verify().then(({ findings }) => assert.deepEqual(findings, []));

    test('holds over two processes, whatever is in the rows, and tells what is behind the last anchor', async () => {
      const report = await world.verify();
      assert.deepEqual(report.findings, []);
      assert.deepEqual([report.writers, report.rows, report.anchors, report.rowsBefore], [2, 43, 2, 1]);
      const behind = report.beyond.map(({ writer, rows, first }) => [writer, rows, first.sequence, first.id]);
      assert.deepEqual(behind, [[world.of.a, 3, 21, id(21)]]);
    });

    const NEW = 'ffffffff-0000-4000-8000-000000000000';
    type Expected = readonly [what: string, sequence: number | null, id: string | null];
    const cases: Readonly<Record<string, readonly [() => Promise<unknown>, () => Expected]>> = {
      'a changed word': [
        () => sql(`UPDATE exchange SET party = 'Iemand anders' WHERE id = '${id(6)}'`),
        () => ['changed', 6, id(6)],
      ],
      'a changed duration': [
        () => sql(`UPDATE exchange SET duration = duration + 0.0000001 WHERE id = '${id(2)}'`),
        () => ['changed', 2, id(2)],
      ],
      'a word that became unknown': [
        () => sql(`UPDATE exchange SET reason = NULL WHERE id = '${id(3)}'`),
        () => ['changed', 3, id(3)],
      ],
      'a changed row behind the last anchor': [
        () => sql(`UPDATE exchange SET outcome = 'refused' WHERE id = '${id(22)}'`),
        () => ['changed', 22, id(22)],
      ],
      'a changed subject': [
        () =>
          sql(`UPDATE exchange_subject SET subject_hash = '0' WHERE exchange_id = '${id(4)}' AND seq = 1`),
        () => ['changed', 4, id(4)],
      ],
      'a changed text of a subject that is sealed': [
        () =>
          sql(`UPDATE exchange_subject SET subject_sealed = 'x' WHERE exchange_id = '${id(4)}' AND seq = 1`),
        () => ['changed', 4, id(4)],
      ],
      'a removed subject': [
        () => sql(`DELETE FROM exchange_subject WHERE exchange_id = '${id(4)}' AND seq = 1`),
        () => ['changed', 4, id(4)],
      ],
      'a subject that was put to a row': [
        () => sql(`INSERT INTO exchange_subject VALUES ('${id(3)}', 0, 'person', 'x', 'y')`),
        () => ['changed', 3, id(3)],
      ],
      'a changed row whose hash was made to fit': [
        async () => {
          await sql(`UPDATE exchange SET party = 'x' WHERE id = '${id(6)}'`);
          await fit(6, 6);
        },
        () => ['changed', 6, id(6)],
      ],
      'a changed row with all hashes behind it made anew': [
        async () => {
          await sql(`UPDATE exchange SET party = 'x' WHERE id = '${id(14)}'`);
          await fit(14, 23);
        },
        () => ['changed', 11, id(11)], // between the two anchors is as exact as it gets
      ],
      'a removed row': [() => remove(row(7)), () => ['removed', 7, null]],
      'removed first rows': [
        () => remove(`writer = '${world.of.a}' AND chain_sequence < 4`),
        () => ['removed', 1, null],
      ],
      'removed last rows': [
        () => remove(`writer = '${world.of.a}' AND chain_sequence > 17`),
        () => ['removed', 18, null],
      ],
      'all rows of a process': [() => remove(`writer = '${world.of.b}'`), () => ['removed', 1, null]],
      'a removed row, the ones behind it moved down': [
        async () => {
          await remove(row(7));
          await move(7, -1);
        },
        () => ['removed', 7, null],
      ],
      'a removed row from before the chain': [() => remove(`id = '${OLD}'`), () => ['removed', null, null]],
      'an inserted row without a place': [
        () => copy(id(2), NEW, `${NO_PLACE}, received_at = '2030-01-01 00:00:00.000'`),
        () => ['inserted', null, NEW],
      ],
      'an inserted row, the ones behind it moved up': [
        async () => {
          await move(7, 1);
          await copy(id(2), NEW, 'chain_sequence = 8');
        },
        () => ['inserted', 8, NEW],
      ],
      'an inserted row whose hash was made to fit, the ones behind it moved up': [
        async () => {
          await move(7, 1);
          await copy(id(2), NEW, 'chain_sequence = 8');
          await fit(8, 8);
        },
        () => ['inserted', 8, NEW],
      ],
      'an inserted row before the first': [
        () => copy(id(2), NEW, 'chain_sequence = 0'),
        () => ['inserted', 0, NEW],
      ],
      'a row behind what a process closed': [
        async () => {
          const [last] = (await rowsOf(world.a, world.of.b)).slice(-1);
          await copy(id(2, 'b'), NEW, 'chain_sequence = 21');
          const rows = await rowsOf(world.a, world.of.b);
          await makeHashesFit(database, rows.slice(-1), last?.hash ?? '');
        },
        () => ['inserted', 21, NEW],
      ],
      'a second row with a number, where the index was taken away': [
        async () => {
          const of = database.url.startsWith('mysql:') ? ' ON exchange' : '';
          await sql(`DROP INDEX exchange_chain${of}`);
          await copy(id(6), NEW, 'chain_sequence = 6');
        },
        () => ['inserted', 6, NEW],
      ],
      'two rows that changed numbers': [() => swapNumbers(4, 9), () => ['reordered', 4, id(9)]],
      'two rows side by side that changed numbers': [() => swapNumbers(4, 5), () => ['reordered', 4, id(5)]],
      'two rows that changed places, hashes left where they were': [
        async () => {
          const [one, other] = [await place(4), await place(9)];
          await sql(`UPDATE exchange SET chain_sequence = 1000 WHERE id = '${one.id}'`);
          await put(other.id, one);
          await put(one.id, other);
        },
        () => ['reordered', 4, id(9)],
      ],
      'a row that was moved to the end': [
        () => sql(`UPDATE exchange SET chain_sequence = 24 WHERE id = '${id(7)}'`),
        () => ['reordered', 24, id(7)],
      ],
      'a changed anchor': [
        () =>
          sql(`UPDATE audit_anchor SET statement = REPLACE(statement, '<a:sequence>10<', '<a:sequence>11<')`),
        () => ['changed', 1, null],
      ],
      'another anchor that the bus signed, in the place of one': [
        () => sql(`UPDATE audit_anchor SET statement = '${otherAnchor()}' WHERE number = 1`),
        () => ['changed', 1, null],
      ],
      'a removed anchor': [
        () => sql('DELETE FROM audit_anchor WHERE number = 1'),
        () => ['removed', 1, null],
      ],
      'anchors that changed places': [
        () =>
          sql(
            'UPDATE audit_anchor SET number = 3 WHERE number = 1',
            'UPDATE audit_anchor SET number = 1 WHERE number = 2',
          ),
        () => ['reordered', 1, null],
      ],
    };
    for (const [name, [tamper, expected]] of Object.entries(cases))
      test(`names ${name}`, async () => {
        await intact();
        await tamper();
        const [finding] = (await world.verify()).findings;
        await restore();
        const { what, sequence, id: exchange, text } = finding ?? assert.fail('nothing was found');
        assert.deepEqual([what, sequence, exchange], expected(), text);
      });

    test('believes no anchor of another certificate', async () => {
      const { findings } = await world.verify([stranger.certificate]);
      assert.match(findings[0]?.text ?? '', /anchor 1 does not hold: signed with another certificate/);
      await assert.rejects(world.verify([]), /no PEM certificate/);
    });

    test('anchors what a process left that died, and only what is new', async () => {
      const died = await world.anchor([]);
      assert.equal(died?.writers, 1);
      assert.equal(await world.anchor([]), null);
      world.clock.advance(HOUR);
      assert.equal((await world.anchor([]))?.writers, 0); // a hole in the hours could be seen
      assert.deepEqual((await world.verify()).beyond, []);
    });

    test('holds for every duration that a clock gives', async () => {
      const clock = Array.from(
        { length: 600 },
        (_, index) => (1_000 + index * 7.123456) / 3 - 200 + index / 977,
      );
      await Promise.all(clock.map((duration) => world.a.record(answered({ duration }))));
      await intact();
    });

    test('is numbered once, however many anchor it at the same moment', async () => {
      world.clock.advance(HOUR);
      const made = await Promise.all(Array.from({ length: 4 }, () => world.anchor([])));
      assert.equal(made.filter((each) => each !== null).length, 1);
      await intact();
    });

    test('goes on under another name behind a commit that failed', async () => {
      const [one, other, third] = [randomUUID(), randomUUID(), randomUUID()];
      await world.a.record(answered({ id: one }));
      await assert.rejects(world.a.record(answered({ id: one })));
      await world.a.record(answered({ id: other }));
      await world.a.record(answered({ id: third }));
      const rows = await database.sql(
        `SELECT writer, chain_sequence FROM exchange WHERE id IN ('${other}', '${third}') ORDER BY chain_sequence`,
      );
      assert.deepEqual(
        rows.map((each) => Number(each.chain_sequence)),
        [1, 2],
      );
      assert.notEqual(rows[0]?.writer, world.of.a);
      await intact();
    });
  });
