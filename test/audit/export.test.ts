import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exporting, verifyingFile } from '../../src/auditing.ts';
import { auditExport } from '../../src/cli/audit-export.ts';
import { auditVerify } from '../../src/cli/audit-verify.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import { paper } from '../cli/terminal.ts';
import { bus, type ChainWorld, chainWorld, HOUR, stranger } from '../store/audit-chain-world.ts';
import { NOW } from '../support/certificates.ts';
import { sqliteDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/program.ts';

/** What leaves the database as a file, and what of it can be told with the bus's certificate alone. */

const folder = temporaryFolder();
const database = await sqliteDatabase();
let world: ChainWorld;
before(async () => {
  world = await chainWorld(database);
});
after(async () => {
  await world.close();
  await database.remove();
});

const at = (hours: number) => new Date(NOW.getTime() + hours * HOUR);
const certificate = join(folder, 'bus.crt.pem');
writeFileSync(certificate, bus.certificate);

const verifyFile = verifyingFile(noKeys);

let made = 0;
async function exported(from: Date, to: Date): Promise<string> {
  made += 1;
  const path = join(folder, `export-${made}.jsonl`);
  const needs = { exportAudit: exporting(world.audit, world.clock), who: 'auditor' };
  const argv = ['--from', from.toISOString(), '--to', to.toISOString(), path];
  assert.equal(await auditExport(argv, paper(), needs), 0);
  return path;
}

/** The file with its lines as `change` makes them. */
function altered(path: string, change: (lines: string[]) => string[]): string {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  writeFileSync(`${path}.x`, `${change(lines).join('\n')}\n`);
  return `${path}.x`;
}

const findingsIn = async (path: string) => (await verifyFile(path, [bus.certificate])).findings;
const firstOf = async (path: string) => {
  const [finding] = await findingsIn(path);
  return finding ? [finding.what, finding.sequence, finding.id] : null;
};
/** The index of a line, by the sequence of a row of process a. */
const lineOf = (lines: readonly string[], sequence: number) =>
  lines.findIndex((line) => line.startsWith(`{"writer":"${world.of.a}","sequence":${sequence},`));
const id = (sequence: number) => world.ids.a[sequence - 1];

test('is whole with everything in it, for its owner only, and written down', async () => {
  const path = await exported(at(-1), at(5));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const report = await verifyFile(path, [bus.certificate]);
  assert.deepEqual([report.findings, report.rows, report.anchors, report.rowsBefore], [[], 43, 2, 1]);
  assert.deepEqual(
    report.beyond.map(({ rows }) => rows),
    [3],
  );
  const [change] = await world.a.changes({ limit: 1 });
  assert.deepEqual([change?.kind, change?.who], ['audit', 'auditor']);
  assert.match(change?.name ?? '', /^2026-03-02T09:00:00.000Z to /);
});

test('holds what was written between the anchors around a time, and proves that no row of it is missing', async () => {
  const early = await verifyFile(await exported(at(-1), at(0.1)), [bus.certificate]);
  assert.deepEqual([early.findings, early.rows, early.beyond], [[], 40, []]); // up to the anchor an hour later
  const path = await exported(at(0.5), at(5));
  const late = await verifyFile(path, [bus.certificate]);
  assert.deepEqual([late.findings, late.rows], [[], 23]); // from the anchor of the first hour on
  const without = (sequence: number) =>
    altered(path, (lines) => lines.filter((_, index) => index !== lineOf(lines, sequence)));
  assert.deepEqual(await firstOf(without(11)), ['removed', 11, null]);
  assert.deepEqual(await firstOf(without(20)), ['removed', 20, null]);
});

test('names what was changed, removed, inserted or put elsewhere in the file', async () => {
  const path = await exported(at(-1), at(5));
  const changed = altered(path, (lines) => {
    const index = lineOf(lines, 6);
    return lines.with(index, (lines[index] ?? '').replace('Sociaal Huis', 'Sociaal huis'));
  });
  assert.deepEqual(await firstOf(changed), ['changed', 6, id(6)]);
  const twice = altered(path, (lines) => lines.toSpliced(lineOf(lines, 6), 0, lines[lineOf(lines, 6)] ?? ''));
  assert.deepEqual(await firstOf(twice), ['inserted', 6, id(6)]);
  const swapped = altered(path, (lines) => {
    const [one, other] = [lineOf(lines, 6), lineOf(lines, 9)];
    return lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
  });
  assert.equal((await firstOf(swapped))?.[0], 'reordered');
  const all = altered(path, (lines) => lines.filter((line) => !line.includes(`"writer":"${world.of.b}"`)));
  assert.deepEqual(await firstOf(all), ['removed', 1, null]);
  const anchor = altered(path, (lines) => lines.filter((line) => !line.startsWith('{"anchor":1,')));
  assert.deepEqual(await firstOf(anchor), ['removed', 1, null]);
});

test('is no export when it was cut off, or is something else', async () => {
  const path = await exported(at(-1), at(5));
  for (const [change, why] of [
    [(lines: string[]) => lines.slice(0, -1), /its last line is missing/],
    [(lines: string[]) => [...lines, lines[3] ?? ''], /lines behind its end/],
    [(lines: string[]) => lines.slice(1), /a line is not as an export has it/],
    [(lines: string[]) => lines.with(5, 'x'), /a line is no JSON/],
  ] as const)
    await assert.rejects(verifyFile(altered(path, change), [bus.certificate]), why);
  const half = readFileSync(path).subarray(0, -20);
  writeFileSync(`${path}.x`, half);
  await assert.rejects(verifyFile(`${path}.x`, [bus.certificate]), FailedError);
});

test('is verified by the command with the certificate alone, which says what it found and how far that goes', async () => {
  const path = await exported(at(-1), at(5));
  const needs = {
    ownCertificate: () => assert.fail('nothing is known but what was given'),
    timestampAuthorities: () => assert.fail('nothing is known but what was given'),
    verifyDatabase: () => assert.fail('there is no database'),
    verifyFile,
  };
  const verify = async (...argv: string[]) => {
    const terminal = paper();
    return { code: await auditVerify(argv, terminal, needs), said: terminal.printed() };
  };
  const good = await verify('--file', path, '--certificate', certificate);
  assert.equal(good.code, 0);
  assert.match(
    good.said,
    /^43 rows of 2 processes, 2 anchors\nthe last anchor is 2, of 2026-03-02T11:00:00.000Z/,
  );
  assert.match(good.said, /every row up to the last anchor is as it was written/);
  assert.match(good.said, new RegExp(`process ${world.of.a}: 3 from row 21 on; exchange ${id(21)}`));
  assert.match(good.said, /1 rows are from before there was a chain: nothing is said/);
  const changed = altered(path, (lines) => lines.map((line) => line.replace('"answered"', '"refused"')));
  const bad = await verify('--file', changed, '--certificate', certificate);
  assert.equal(bad.code, 1);
  assert.equal([...bad.said.matchAll(/^CHANGED {2}process .*: row 2 was changed; exchange /gm)].length, 2);
  const json = await verify('--file', changed, '--certificate', certificate, '--json');
  assert.equal(JSON.parse(json.said).findings[0].what, 'changed');
  const other = join(folder, 'other.crt.pem');
  writeFileSync(other, stranger.certificate);
  assert.equal((await verify('--file', path, '--certificate', other)).code, 1);
  await assert.rejects(verify('--file', path), UsageError);
  await assert.rejects(verify('--file', path, '--certificate', join(folder, 'none')), FailedError);
  await assert.rejects(verify('--file', join(folder, 'none'), '--certificate', certificate), FailedError);
});

test('is never written over what is there, nor for a time that is none', async () => {
  const path = await exported(at(-1), at(5));
  const needs = { exportAudit: exporting(world.audit, world.clock), who: 'auditor' };
  const run = (...argv: string[]) => auditExport(argv, paper(), needs);
  await assert.rejects(run('--from', '2026-01-01', '--to', '2026-02-01', path), FailedError);
  await assert.rejects(run('--from', '2026-02-01', '--to', '2026-01-01', `${path}.y`), UsageError);
  await assert.rejects(run('--from', '2026-02-31x', '--to', '2026-03-01', `${path}.y`), UsageError);
  await assert.rejects(run('--from', '2026-02-01', '--to', '2026-03-01'), UsageError);
});
