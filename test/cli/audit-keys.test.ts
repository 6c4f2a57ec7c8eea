import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKeyRing } from '../../src/audit/key-ring.ts';
import { addKey, makeKeyFile } from '../../src/audit-keys.ts';
import { auditKeys } from '../../src/cli/audit-keys.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { temporaryFolder } from '../support/program.ts';

const file = join(temporaryFolder(), 'keys');
const ring = () => readKeyRing(readFileSync(file, 'utf8'));
const run = (argv: readonly string[], where: string | null = file) => {
  const said: string[] = [];
  const terminal = { print: (line: string) => said.push(line), warn: () => assert.fail() };
  const code = auditKeys(argv, terminal, { file: where, read: ring, make: makeKeyFile, add: addKey });
  assert.equal(code, 0);
  return said.join('\n');
};

test('makes a file, adds a key to it, and says with which is written, without showing one', () => {
  const said = [run(['make', file], null)];
  const first = ring().current;
  said.push(run(['add']), run(['list']));
  assert.equal(said[2], `${first}\n${ring().current}  is written with`);
  assert.deepEqual(JSON.parse(run(['list', '--json'])), { file, current: ring().current, ids: ring().ids });
  const secrets = readFileSync(file, 'utf8').match(/(?<= )[\w-]{43}$/gm) ?? [];
  assert.equal(secrets.length, 2);
  for (const secret of secrets) assert.ok(!said.join().includes(secret));
});

test('says what is missing, and what it can do', () => {
  for (const verb of ['list', 'add'])
    assert.throws(
      () => run([verb], null),
      (error) => error instanceof FailedError && /KRUISPUNT_AUDIT_KEYS is not set/.test(error.message),
    );
  for (const argv of [[], ['turn'], ['make'], ['make', 'a', 'b'], ['add', 'a'], ['list', 'a']])
    assert.throws(() => run(argv), UsageError, argv.join(' '));
});
