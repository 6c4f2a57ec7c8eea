import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Archives, auditArchive } from '../../src/cli/audit-archive.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { paper } from './terminal.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const archive = (number: number, destroyedAt: Date | null = null, findings = 0) => ({
  ...{
    number,
    from: at(number),
    to: at(number + 1),
    rows: 100 * number,
    size: 25_000,
    sha256: 'ab'.repeat(32),
  },
  ...{ key: '0123456789ab', findings, madeAt: at(20), clearedAt: number === 4 ? null : at(20), destroyedAt },
});
const all = [archive(1, at(25)), archive(2), archive(3, null, 2), archive(4)];

const run = async (argv: readonly string[], changes: Partial<Archives> = {}) => {
  const terminal = paper();
  const code = await auditArchive(argv, terminal, {
    archives: async () => all,
    run: async () => ({ made: [], destroyed: [] }),
    verify: async (number) => (number === 3 ? ['its file is not there'] : []),
    ownCertificate: () => 'PEM',
    ...changes,
  });
  return { code, said: terminal.printed() };
};

test('lists archives with what is in them, their key, and what became of them', async () => {
  const { code, said } = await run(['list']);
  assert.equal(code, 0);
  assert.match(said, /^1 +2026-01-01T00.* 100 +25000 +0123456789ab +destroyed on 2026-01-25T00/m);
  assert.match(said, /^2 .* kept$/m);
  assert.match(said, /^3 .* kept; not all of it was as it was written \(2\)$/m);
  assert.match(said, /^4 .* its rows are leaving the database$/m);
  const json = JSON.parse((await run(['list', '--json'])).said);
  assert.deepEqual([json.length, json[1].rows], [4, 200]);
});

test('says what was made and destroyed, or that nothing was due', async () => {
  assert.equal((await run(['run'])).said, 'nothing is due');
  const done = { run: async () => ({ made: [archive(2)], destroyed: [archive(1)] }) };
  const lines = (await run(['run'], done)).said.split('\n');
  assert.match(lines[0] ?? '', /^made archive 2, 200 rows of 2026-01-02T.* to 2026-01-03T.*: 25000 bytes$/);
  assert.match(lines[1] ?? '', /^destroyed archive 1, 100 rows of /);
  assert.equal(JSON.parse((await run(['run', '--json'], done)).said).made[0].number, 2);
});

test('ends with 1 when an archive is not as it was made, and looks at none that was destroyed', async () => {
  const { code, said } = await run(['verify']);
  assert.equal(code, 1);
  assert.equal(said, 'archive 2: whole\narchive 3: its file is not there\narchive 4: whole');
  assert.equal((await run(['verify', '2'])).code, 0);
  const json = JSON.parse((await run(['verify', '3', '--json'])).said);
  assert.deepEqual(json, [{ archive: 3, wrong: ['its file is not there'] }]);
  await assert.rejects(run(['verify', '9']), FailedError);
  await assert.rejects(run(['verify'], { ownCertificate: () => null }), UsageError);
});

test('is told how it is used', async () => {
  for (const argv of [[], ['take'], ['list', 'x'], ['run', 'x'], ['verify', '1', '2'], ['verify', 'x']])
    await assert.rejects(run(argv), UsageError);
});
