import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { shelfIn } from '../../src/archives.ts';
import { joinedRows } from '../../src/audit/joined-rows.ts';
import { archiveName } from '../../src/exchange/audit-archive.ts';
import { type RetentionNeeds, retainAudit } from '../../src/retention.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import type { TestDatabase } from '../support/database.ts';
import { ring } from '../support/subject-keys.ts';
import { record } from './audit-archive-suite.ts';
import { bus, type ChainWorld, chainWorld, HOUR } from './audit-chain-world.ts';
import { dying } from './audit-dying.ts';

const DAY = 24 * HOUR;
const never = new AbortController().signal;

/** @param hows whether what a process dies with is done: that its reply was lost is the more telling */
export const auditArchiveCrashSuite = (database: TestDatabase, hows: readonly ('before' | 'after')[]) =>
  describe('archives of the audit, by processes that are killed', { concurrency: false }, () => {
    let world: ChainWorld;
    before(async () => {
      world = await chainWorld(database);
    });
    after(() => world.close());

    const needs = (changes: Partial<RetentionNeeds>): RetentionNeeds => ({
      ...{ store: world.a, keys: ring, folder: world.folder, sign: createDocumentSigner(bus).sign },
      ...{ clock: world.clock, who: 'kruispunt', log: { info: () => {}, error: () => {} } },
      ...{ onlineDays: 1, keepDays: 30, ...changes },
    });
    const retain = (changes: Partial<RetentionNeeds>) =>
      retainAudit(needs(changes), { most: 100, wait: 0 }, never);
    const files = () =>
      readdirSync(world.folder.path(''))
        .filter((name) => !name.endsWith('.part'))
        .sort();
    /** Of a writer's rows, wherever they are. */
    const sequences = async (writer: string) => {
      const { partsOf } = shelfIn(world.folder, world.a, ring);
      const stretch = { after: { sequence: 0, hash: '' }, through: null };
      const found: number[] = [];
      for await (const { sequence } of joinedRows({ online: world.a.chainedRows, partsOf })(writer, stretch))
        found.push(sequence);
      return found;
    };
    const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    /** Has it die with one step after the other, until there are no more. */
    const dieTimeAndAgain = async (
      changes: Partial<RetentionNeeds>,
      turn: (run: () => Promise<unknown>) => Promise<void>,
    ) => {
      let died = 0;
      for (const how of hows)
        for (let step = 1, isOver = false; !isOver; step++) {
          const mortal = dying(needs(changes), step, how);
          await turn(() =>
            retainAudit(mortal.needs, { most: 1, wait: 0 }, never).catch((error: Error) => {
              if (!mortal.isDead()) throw error;
            }),
          );
          isOver = !mortal.isDead();
          if (!isOver) died += 1;
        }
      return died;
    };

    test('loses nothing and keeps nothing twice, wherever it is killed', async () => {
      const keepDays = 3_000;
      world.a.endChain();
      const [first] = await record(world, 1);
      const [row] = await database.sql(`SELECT writer FROM exchange WHERE id = '${first}'`);
      let recorded = 1;
      const died = await dieTimeAndAgain({ keepDays }, async (run) => {
        await record(world, 4);
        recorded += 4;
        world.clock.advance(2 * DAY);
        await run();
        assert.deepEqual(await sequences(String(row?.writer)), numbers(recorded));
        await retain({ keepDays });
      });
      assert.deepEqual(await sequences(String(row?.writer)), numbers(recorded));
      assert.ok(died > 15 * hows.length, String(died));
      assert.deepEqual((await world.verify()).findings, []);
      const archives = await world.a.archives();
      assert.deepEqual(
        files(),
        archives.map(({ number }) => archiveName(number)),
      );
      assert.ok(archives.every(({ clearedAt }) => clearedAt !== null));
      const online = await database.sql('SELECT COUNT(*) AS found FROM exchange');
      assert.equal(Number(online[0]?.found), 1); // the one from before the chain
    });

    test('destroys nothing without a word, wherever it is killed', async () => {
      world.clock.advance(40 * DAY);
      const due = (await world.a.archives()).length;
      const few = { onlineDays: null, keepDays: 30 };
      const died = await dieTimeAndAgain(few, async (run) => {
        await run();
        const there = files();
        for (const { number, statement } of await world.a.archives())
          assert.ok(statement !== null || there.includes(archiveName(number)), String(number));
      });
      assert.ok(died >= 4 * hows.length && died < 4 * due, `${died} of ${due}`);
      await retain(few);
      assert.deepEqual((await world.verify()).findings, []);
      assert.deepEqual(files(), []);
      assert.ok((await world.a.archives()).every(({ goneAt }) => goneAt !== null));
    });
  });
