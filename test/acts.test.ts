import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { accountFor, accounting, accountingOf } from '../src/acts.ts';
import { FailedError, UsageError } from '../src/cli/output.ts';
import { type Config, readConfig } from '../src/config.ts';
import type { Act } from '../src/exchange/act.ts';
import { systemClock } from '../src/exchange/clock.ts';
import { openStore } from '../src/store/connection.ts';
import { verbs } from '../src/verbs.ts';

/** Verbs that open no database, or whose exchanges the audit has: the bus itself, its clients, what reads contracts. */
const WITHOUT = ['serve', 'work', 'call', 'check', 'handbook', 'envelopes'];

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-acts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
// One small contract: what verbs would do with more is not looked at here.
const config: Config = readConfig({ KRUISPUNT_VAR: folder, KRUISPUNT_WSDL_DIR: 'wsdl/repertorium' });

const called = async (verb: string, ...argv: string[]): Promise<number> => {
  const { run } = (await verbs.get(verb)?.load()) ?? assert.fail(verb);
  return run(argv, config);
};
const kept = async () => {
  const store = await openStore(config.databaseUrl, { clock: systemClock });
  try {
    return await store.acts({ who: null, verb: null, limit: 1_000 });
  } finally {
    await store.close();
  }
};

test('every sub-verb of every verb is accounted for, and none that there is not', async () => {
  for (const [verb, { load }] of verbs) {
    const { help } = await load();
    const named = [...help.matchAll(new RegExp(`^kruispunt ${verb} ([a-z|]+)`, 'gm'))];
    const subs = new Set(named.flatMap(([, text]) => (text ?? '').split('|')));
    const expected = WITHOUT.includes(verb) ? [] : Object.keys(accounting[verb] ?? {});
    if (WITHOUT.includes(verb)) assert.equal(accounting[verb], undefined, verb);
    else assert.deepEqual([...(subs.size > 0 ? subs : [''])].toSorted(), expected.toSorted(), verb);
  }
  assert.deepEqual(
    Object.keys(accounting).filter((verb) => !verbs.has(verb)),
    [],
  );
});

test('no sub-verb that is named after a change counts for none', () => {
  const changing = /^(add|change|remove|import|retry|reissue|approve|reject|approval)$/;
  for (const [verb, subs] of Object.entries(accounting))
    for (const [sub, what] of Object.entries(subs))
      if (changing.test(sub)) assert.equal(what, 'changes', `${verb} ${sub}`);
});

test('every verb that changes something or shows what is kept about persons leaves an act', async () => {
  const expected: string[] = [];
  for (const [verb, subs] of Object.entries(accounting)) {
    for (const [sub, what] of Object.entries(subs)) {
      if (sub === '') continue;
      // Wrong use is refused by whatever is called, once the act was written down.
      await assert.rejects(called(verb, sub, '--no-such-option', '74651210490'), `${verb} ${sub}`);
      if (what !== 'neither') expected.push(`${verb} ${sub}`);
    }
  }
  await called('migrate');
  const acts = await kept();
  assert.deepEqual(acts.map(({ verb }) => verb).toReversed(), [...expected, 'migrate']);
  for (const { verb, who, host, outcome, given, reason, ended } of acts) {
    assert.deepEqual([who, host], [userInfo().username, hostname()], verb);
    assert.ok(ended, verb);
    assert.equal(outcome, verb === 'migrate' ? 'done' : 'refused', verb);
    if (verb === 'migrate') continue;
    assert.deepEqual(given, ['--no-such-option', '<person>'], verb);
    assert.match(reason ?? '', /no-such-option/, verb);
  }
});

const accounts = () => {
  const begun: Act[] = [];
  const ended: unknown[] = [];
  return {
    begun,
    ended,
    beginAct: async (act: Act) => void begun.push(act),
    endAct: async ({ id }: Act, outcome: string, reason: string | null) =>
      void ended.push([begun.findIndex((act) => act.id === id), outcome, reason]),
  };
};
const grantRemove = { verb: 'grant', argv: ['remove', '3'] };

test('says what came of an act: done, refused, or failed', async () => {
  const book = accounts();
  const run = (work: () => Promise<number>) => accountFor(grantRemove, 'bea', book, work);
  const thrown = (error: Error) =>
    assert.rejects(
      run(() => Promise.reject(error)),
      error,
    );
  assert.equal(await run(async () => 0), 0);
  assert.equal(await run(async () => 1), 1);
  await thrown(new UsageError('expected a number'));
  await thrown(new FailedError('there is no grant 3'));
  await thrown(new Error('disk full about 74.65.12-104.90'));
  assert.deepEqual(book.ended, [
    [0, 'done', null],
    [1, 'refused', null],
    [2, 'refused', 'expected a number'],
    [3, 'refused', 'there is no grant 3'],
    [4, 'failed', 'disk full about <person>'],
  ]);
  const [{ verb, given, behind } = assert.fail()] = book.begun;
  assert.deepEqual([verb, given, behind], ['grant remove', ['3'], 'bea']);
});

test('counts what does not begin with a sub-verb as a change, wherever the sub-verb stands', async () => {
  const book = accounts();
  const argv = ['--json', 'show', '3f2a1b4c-51f4-4f0e-8c3b-12345678901a', '74.65.12-104.90'];
  await accountFor({ verb: 'audit', argv }, null, book, async () => 0);
  const [{ verb, given } = assert.fail()] = book.begun;
  assert.deepEqual([verb, given], ['audit', [...argv.slice(0, 3), '<person>']]);
  assert.equal(accountingOf({ verb: 'party', argv: ['no-such'] }), 'changes');
});

test('tells the error of an act whose end cannot be written down', async () => {
  const book = { ...accounts(), endAct: () => Promise.reject(new Error('no room')) };
  const fails = () => Promise.reject(new FailedError('there is no grant 3'));
  await assert.rejects(accountFor(grantRemove, null, book, fails), /there is no grant 3/);
  await assert.rejects(
    accountFor(grantRemove, null, book, async () => 0),
    /no room/,
  );
});

test('does nothing that could not be written down first', async () => {
  const book = { ...accounts(), beginAct: () => Promise.reject(new Error('no room')) };
  let done = false;
  const work = async () => {
    done = true;
    return 0;
  };
  await assert.rejects(accountFor(grantRemove, null, book, work), /no room/);
  assert.equal(done, false);
});

test('does not account for what changes nothing and shows nobody', async () => {
  const book = accounts();
  await accountFor({ verb: 'party', argv: ['list'] }, null, book, async () => 0);
  assert.deepEqual(book.begun, []);
  assert.equal(accountingOf({ verb: 'party', argv: [] }), 'neither');
});
