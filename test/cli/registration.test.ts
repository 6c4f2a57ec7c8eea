import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { registration } from '../../src/cli/registration.ts';
import { keepRepertory } from '../../src/registers/repertory.ts';
import { openDesk } from './configuration-desk.ts';
import { paper } from './terminal.ts';

const INSZ = '74651210490';
const key = ['--party', 'Stad', '--hoedanigheid', '6001', '--person', INSZ];

async function open() {
  const { store } = await openDesk();
  const lookUps = () => store.lookUps({ kind: 'person', number: INSZ });
  const run = async (...argv: string[]) => {
    const terminal = paper();
    const needs = { ...store, ...keepRepertory(store), terminal, who: 'an' };
    const code = await registration(argv, needs);
    return { code, printed: terminal.printed() };
  };
  return Object.assign(run, { lookUps });
}

test('registers, merges, cuts, and shows who did so', async () => {
  const run = await open();
  await run('add', ...key, '--begin', '2026-01-01', '--end', '2026-06-30');
  const { printed } = await run('add', ...key, '--begin', '2026-04-01', '--end', '2026-12-31', '--json');
  assert.deepEqual(JSON.parse(printed).line.end, '2026-12-31');
  await run('remove', ...key, '--begin', '2026-03-01', '--end', '2026-03-31');
  const shown = JSON.parse((await run('show', '--person', INSZ, '--json')).printed);
  assert.deepEqual(
    shown.lines.map((line: { begin: string; end: string }) => [line.begin, line.end]),
    [
      ['2026-01-01', '2026-02-28'],
      ['2026-04-01', '2026-12-31'],
    ],
  );
  assert.deepEqual(
    shown.history.map(({ what, by }: { what: string; by: unknown }) => [what, by]),
    [
      ['register', { operator: 'an' }],
      ['register', { operator: 'an' }],
      ['unregister', { operator: 'an' }],
    ],
  );
  assert.match((await run('list', '--party', 'Stad')).printed, /^6001 .*person 74651210490 +2026-01-01 to/m);
  assert.equal((await run.lookUps()).length, 1, 'that it was shown is written down');
  await run('remove', ...key);
  await assert.rejects(run('remove', ...key), /has no registration on person/);
});

test('tells every wrong value, and refuses what the party may not have', async () => {
  const run = await open();
  const wrong = ['--party', 'Stad', '--hoedanigheid', '6001', '--person', '74651210491', '--begin', 'x'];
  await assert.rejects(run('add', ...wrong), /--person: expected .*\n--begin: expected/);
  await assert.rejects(run('add', ...key, '--enterprise', '0999990420', '--begin', '2026-01-01'), /either/);
  await assert.rejects(run('add', ...key, '--begin', '2026-02-01', '--end', '2026-01-01'), /ends before/);
  const other = [...key, '--begin', '2026-01-01'];
  await assert.rejects(
    run('add', ...other, '--hoedanigheid', '9'),
    /no identity with hoedanigheid 9; there is 6001/,
  );
  await assert.rejects(run('add', ...other, '--party', 'X'), FailedError);
  await assert.rejects(run('change', ...key), UsageError);
  await assert.rejects(run('list'), UsageError);
});
