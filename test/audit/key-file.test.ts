import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newKeyLine, readKeyRing } from '../../src/audit/key-ring.ts';
import { addKey, auditKeyFile, demandAuditKeys, makeKeyFile, openAuditKeys } from '../../src/audit-keys.ts';
import { FailedError } from '../../src/cli/output.ts';
import { ConfigurationError, readConfig } from '../../src/config.ts';
import { temporaryFolder } from '../support/program.ts';

const server = 'mysql://bus:secret@127.0.0.1:9/bus';
const embedded = () => readConfig({ KRUISPUNT_VAR: temporaryFolder() });
const says = (pattern: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && pattern.test(error.message);

test('is made once where the database is embedded, for its owner alone', () => {
  const config = embedded();
  const file = join(config.var, 'audit-keys');
  const ring = openAuditKeys(config);
  assert.equal(auditKeyFile(config), file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(openAuditKeys(config)?.ids, ring?.ids);
  assert.deepEqual(readdirSync(config.var), ['audit-keys']);
});

test('is made in a demo world on a server too, and nowhere else there: it must be configured', () => {
  const folder = temporaryFolder();
  const shared = { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: server };
  assert.equal(openAuditKeys(readConfig(shared)), null);
  assert.throws(
    () => demandAuditKeys(readConfig(shared)),
    says(/^KRUISPUNT_AUDIT_KEYS: must be set, .*audit keys make/),
  );
  assert.ok(!existsSync(join(folder, 'audit-keys')));
  assert.ok(openAuditKeys(readConfig({ ...shared, KRUISPUNT_DEMO: '1' })));
});

test('is read where it is configured, and never made there', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'keys');
  const settings = { KRUISPUNT_VAR: join(folder, 'var'), KRUISPUNT_AUDIT_KEYS: file };
  assert.throws(
    () => readConfig(settings),
    says(/^KRUISPUNT_AUDIT_KEYS: cannot be read \(it is ".*keys"\)$/),
  );
  const line = newKeyLine();
  writeFileSync(file, `${line}\nnonsense\n`);
  assert.throws(
    () => readConfig(settings),
    (error) => says(/^KRUISPUNT_AUDIT_KEYS: line 2 is no id and key/)(error) && !String(error).includes(line),
  );
  writeFileSync(file, line);
  assert.deepEqual(demandAuditKeys(readConfig(settings)).ids, [line.slice(0, 12)]);
  assert.ok(!existsSync(join(folder, 'var')));
});

test('says which file it is that was damaged since', () => {
  const config = embedded();
  openAuditKeys(config);
  writeFileSync(join(config.var, 'audit-keys'), '# nothing');
  assert.throws(
    () => openAuditKeys(config),
    says(/^KRUISPUNT_AUDIT_KEYS: .*audit-keys: there is no key in it$/),
  );
});

test('gets another key behind those that are there, and keeps who may read it', () => {
  const file = join(temporaryFolder(), 'keys');
  const first = makeKeyFile(file);
  const before = readFileSync(file, 'utf8');
  const ring = addKey(file);
  assert.deepEqual(ring.ids, [first.current, ring.current]);
  assert.notEqual(ring.current, first.current);
  assert.ok(readFileSync(file, 'utf8').startsWith(before));
  assert.deepEqual(readKeyRing(readFileSync(file, 'utf8')).ids, ring.ids);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o640);
  addKey(file);
  assert.equal(statSync(file).mode & 0o777, 0o640);
});

test('is never made over what is there', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'taken'));
  assert.throws(() => makeKeyFile(join(folder, 'taken')), FailedError);
  const file = join(folder, 'keys');
  const { ids } = makeKeyFile(file);
  assert.throws(() => makeKeyFile(file), FailedError);
  assert.deepEqual(readKeyRing(readFileSync(file, 'utf8')).ids, ids);
});
