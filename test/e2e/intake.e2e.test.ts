import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { demoParty, firstDemoPerson } from '../../src/cli/demo-party.ts';
import type { Voucher } from '../../src/exchange/voucher.ts';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { foreign } from '../support/foreign.ts';
import { factsOf, mutationFile, signedVoucher, told, voucherOver } from '../support/laid-down.ts';
import { freePort } from '../support/own-server.ts';
import { type Program, ROOT, runVerb, startProgram } from '../support/program.ts';

/** A source lays files down with OpenSSH, and is answered by receipts; what it told is in its subscribers' next files. */

const folder = demoFolder();
const workFolder = () => mkdtempSync(join(folder, 'work-'));
const demo = join(folder, 'demo');
const sftpPort = await freePort();
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_SFTP_PORT: String(sftpPort), KRUISPUNT_SWEEP_SECONDS: '1' },
};
let program: Program = await startProgram(settings);
after(() => program.stop());

const bron = demoParty(demo, 'bron');
const insz = firstDemoPerson(demo);

const sql = (statement: string, ...values: (string | number)[]) => {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  try {
    return database.prepare(statement).all(...values);
  } finally {
    database.close();
  }
};
const count = (what: string, ...values: (string | number)[]) =>
  Number(sql(`SELECT COUNT(*) AS count FROM ${what}`, ...values)[0]?.count);
const trayOf = (party: string, tray: string) =>
  join(folder, 'files', `p${sql('SELECT id FROM party WHERE name = ?', party)[0]?.id}`, tray);

/** OpenSSH's sftp as a demo party, in a folder with the files it lays down; what is fetched comes there too. */
async function sftp(user: string, work: string, ...commands: readonly string[]): Promise<string> {
  writeFileSync(join(work, 'batch'), `${commands.join('\n')}\n`);
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${join(folder, 'known')}`,
  ];
  const args = [...options, 'IdentitiesOnly=yes', 'IdentityAgent=none'].flatMap((option) => ['-o', option]);
  const key = join(demo, `${user}.ssh.key`);
  return foreign(
    'sftp',
    [...args, '-i', key, '-P', String(sftpPort), '-b', 'batch', `${user}@127.0.0.1`],
    work,
  );
}

const records = (from: number, to: number, of: (index: number) => string = (at) => told(insz, `m-${at}`)) =>
  Array.from({ length: to - from + 1 }, (_, index) => of(from + index));

/** Lays a file down and then its voucher, and says by what name its receipt will go. */
async function layDown(text: string, said: Partial<Voucher> & { records: number }): Promise<string> {
  const work = workFolder();
  const name = `b${said.sequence ?? 1}-${randomUUID().slice(0, 8)}.xml`;
  const voucher = voucherOver(factsOf(text), bron, { name, ...said });
  const voucherName = name.replace('.xml', '.voucher.xml');
  writeFileSync(join(work, name), text);
  writeFileSync(join(work, voucherName), signedVoucher(voucher, bron));
  await sftp('bron', work, `put ${name} To_Vip/${name}`, `put ${voucherName} To_Vip/${voucherName}`);
  return voucher.id;
}

const until = (holds: () => boolean | Promise<boolean>, what: string, instead = () => '') =>
  eventually(() => `${what} does not come about:\n${instead()}\n${program.output().slice(-4000)}`, holds);

/** The receipt as the source fetches it, after xmlsec1 and xmllint have looked at it. */
async function receiptOf(id: string, status: string, name = `${id}.ack.xml`): Promise<string> {
  const path = join(trayOf('bron', 'From_Vip'), name);
  const says = () => existsSync(path) && readFileSync(path, 'utf8').includes(`<r:status>${status}<`);
  const instead = () => (existsSync(path) ? readFileSync(path, 'utf8') : 'there is none');
  await until(says, `a receipt ${name} that says ${status}`, instead);
  const work = workFolder();
  await sftp('bron', work, `get From_Vip/${name}`);
  const fetched = join(work, name);
  await foreign('xmlsec1', ['--verify', '--trusted-pem', join(demo, 'ca.crt.pem'), fetched]);
  const schema = join(ROOT, 'xsd/Kruispunt.Receipt-01.00/Receipt.xsd');
  await foreign('xmllint', ['--noout', '--nonet', '--schema', schema, fetched]);
  return readFileSync(fetched, 'utf8');
}

const valuesOf = (receipt: string, name: string) =>
  [...receipt.matchAll(new RegExp(`<r:${name}>([^<]*)<`, 'g'))].map((found) => found[1]);

test('what a source lays down is accepted, and stands in the next file of who is to hear of it', async () => {
  const text = mutationFile(bron, records(1, 3));
  const id = await layDown(text, { records: 3 });
  const receipt = await receiptOf(id, 'ACCEPTED');
  assert.deepEqual(valuesOf(receipt, 'numberOfRecords'), ['3']);
  assert.deepEqual(readdirSync(trayOf('bron', 'To_Vip')), []);
  sql(
    "UPDATE subscription SET next_run_at = '2026-01-01 00:00:00.000', closed_for = NULL WHERE channel = 'files'",
  );
  const isThere = () =>
    existsSync(trayOf('afnemer', 'Publicaties')) &&
    readdirSync(trayOf('afnemer', 'Publicaties')).some((name) => name.endsWith('.voucher.xml'));
  await until(isThere, 'the file of the subscriber');
  const [name = ''] = readdirSync(trayOf('afnemer', 'Publicaties')).filter(
    (each) => each.includes('publiceermutatiepersoon') && !each.includes('voucher'),
  );
  const file = readFileSync(join(trayOf('afnemer', 'Publicaties'), name), 'utf8');
  for (const reference of ['m-1', 'm-2', 'm-3']) assert.equal(file.split(`>${reference}<`).length, 2);
});

test('one fault in the last record, and nothing of the file is taken; a corrected one takes its number', async () => {
  const wrong = records(1001, 1800, (at) =>
    told(insz, `f-${at}`, at === 1800 ? { content: '<Geslacht><Kode>1</Kode></Geslacht>' } : {}),
  );
  const id = await layDown(mutationFile(bron, wrong), { records: 800, sequence: 2 });
  const receipt = await receiptOf(id, 'REJECTED');
  assert.deepEqual(
    ['code', 'record', 'reference'].map((name) => valuesOf(receipt, name)[0]),
    ['RECORD_SCHEMA', '800', 'f-1800'],
  );
  assert.match(valuesOf(receipt, 'detail')[0] ?? '', /^Inhoud\/Persoon\/Geslacht/);
  assert.equal(count("mutation WHERE reference LIKE 'f-%'"), 0);
  const mended = mutationFile(
    bron,
    records(1001, 1002, (at) => told(insz, `f-${at}`)),
  );
  await receiptOf(await layDown(mended, { records: 2, sequence: 2 }), 'ACCEPTED');
  assert.equal(count("mutation WHERE reference LIKE 'f-%'"), 2);
});

test('a file ahead of its turn is told to wait, and taken when the one before it came', async () => {
  const of = (at: number) =>
    mutationFile(
      bron,
      records(at, at, (each) => told(insz, `s-${each}`)),
    );
  const fourth = await layDown(of(4), { records: 1, sequence: 4 });
  assert.match(await receiptOf(fourth, 'WAITING_FOR_SEQUENCE'), /SEQUENCE_AHEAD/);
  assert.equal(count("mutation WHERE reference = 's-4'"), 0);
  const third = await layDown(of(3), { records: 1, sequence: 3 });
  await receiptOf(third, 'ACCEPTED');
  await receiptOf(fourth, 'ACCEPTED');
  const late = await layDown(of(5), { records: 1, sequence: 3 });
  assert.match(await receiptOf(late, 'REJECTED'), /SEQUENCE_USED.*the next one is 5/s);
  const again = await layDown(of(4), { records: 1, sequence: 4, id: fourth });
  assert.match(await receiptOf(again, 'DUPLICATE', `${fourth}.duplicate.ack.xml`), /ALREADY_RECEIVED/);
  assert.match(await receiptOf(fourth, 'ACCEPTED'), /ACCEPTED/);
  const { stdout } = await runVerb(['publication', 'intake', 'list', '--party', 'bron', '--json'], settings);
  const { intakes } = JSON.parse(stdout);
  assert.deepEqual(
    intakes.slice(0, 3).map((each: { state: string; sequence: number }) => [each.state, each.sequence]),
    [
      ['rejected', 3],
      ['taken', 3],
      ['taken', 4],
    ],
  );
});

test('a voucher that nobody can read, or that lies, is answered too', async () => {
  const work = workFolder();
  writeFileSync(join(work, 'v'), '<Voucher/>');
  await sftp('bron', work, 'put v To_Vip/odd.voucher.xml');
  assert.match(await receiptOf('', 'REJECTED', 'odd.unreadable.ack.xml'), /VOUCHER_SCHEMA/);
  const text = mutationFile(bron, records(1, 1));
  const short = await layDown(text, { records: 2, sequence: 5 });
  assert.match(await receiptOf(short, 'REJECTED'), /FILE_DIFFERS.*numberOfRecords is 1, the voucher says 2/s);
});

test('a bus that is killed half-way goes on where it was, and takes nothing twice', async () => {
  const all = 12_000;
  const text = mutationFile(
    bron,
    records(1, all, (at) => told(insz, `k-${at}`)),
  );
  const id = await layDown(text, { records: all, sequence: 5 });
  const taken = () =>
    Number(sql('SELECT taken_records AS n FROM intake WHERE voucher_id = ?', id)[0]?.n ?? 0);
  await until(() => taken() > 0, 'the taking');
  await program.stop('SIGKILL');
  const half = taken();
  assert.ok(half > 0 && half < all, `${half} of ${all} were taken when it was killed`);
  assert.equal(count("mutation WHERE reference LIKE 'k-%'"), half);
  program = await startProgram(settings);
  assert.deepEqual(valuesOf(await receiptOf(id, 'ACCEPTED'), 'numberOfDuplicates'), ['0']);
  assert.equal(count("mutation WHERE reference LIKE 'k-%'"), all);
  const subscribers = count('subscription WHERE channel IN (?, ?)', 'files', 'pull');
  assert.ok(subscribers > 0);
  assert.equal(
    count("delivery d JOIN mutation m ON m.id = d.mutation_id WHERE m.reference LIKE 'k-%'") % all,
    0,
  );
});
