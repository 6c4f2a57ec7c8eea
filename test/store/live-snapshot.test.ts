import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import type { Engine } from '../../src/store/engine.ts';
import { followConfiguration } from '../../src/store/live-snapshot.ts';
import { openSqlite } from '../../src/store/sqlite-engine.ts';
import { sqliteDatabase } from '../support/database.ts';

const database = await sqliteDatabase();
const engine = await openSqlite(database.url.slice('sqlite:'.length), noKeys);
after(async () => {
  await engine.close();
  await database.remove();
});

/** The engine with a line that can be cut, and a clock that stands still until it is moved. */
const cuttable = () => {
  let isCut = false;
  let time = Date.parse('2026-03-01T12:00:00Z');
  const stamp: Engine['stamp'] = async () => {
    if (isCut) throw new Error('connection lost');
    return engine.stamp();
  };
  return {
    needs: { read: engine.read, stamp },
    clock: { now: () => new Date(time) },
    cut: (yes: boolean) => {
      isCut = yes;
    },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
};

test('counts as current for five seconds after the last look, then no more until the next', async () => {
  const { needs, clock, cut, pass } = cuttable();
  const warnings: string[] = [];
  const live = await followConfiguration(needs, clock, { warn: (_, message) => warnings.push(message) });
  cut(true);
  pass(5000);
  assert.equal(live.isCurrent(), true);
  pass(1);
  assert.equal(live.isCurrent(), false);
  await pause(1200);
  assert.equal(live.isCurrent(), false);
  assert.equal(warnings.length, 1, 'one trouble is told once');
  cut(false);
  await pause(700);
  assert.equal(live.isCurrent(), true);
  await live.stop();
});

test('looks no more once it is stopped', async () => {
  const { needs, clock } = cuttable();
  let looks = 0;
  const counted = { ...needs, stamp: () => needs.stamp().finally(() => looks++) };
  const live = await followConfiguration(counted, clock, null);
  await live.stop();
  await pause(600);
  assert.equal(looks, 0);
});
