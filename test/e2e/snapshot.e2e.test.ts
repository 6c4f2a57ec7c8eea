import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { type Program, runVerb, startProgram } from '../support/program.ts';

/** A subscriber gets everybody in its register, asked one by one by the bus itself, whatever happens meanwhile. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_SWEEP_SECONDS: '1', KRUISPUNT_SOURCE_RATE: '100' };
let program: Program = await startProgram(settings);
after(() => program.stop());

const sql = (statement: string, ...values: (string | number)[]) => {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  try {
    return database.prepare(statement).all(...values);
  } finally {
    database.close();
  }
};
const partyId = (name: string) => Number(sql('SELECT id FROM party WHERE name = ?', name)[0]?.id);
const fileOf = (party: string) =>
  sql('SELECT * FROM publication_file WHERE party_id = ? ORDER BY id DESC', partyId(party))[0] ?? {};
const until = (holds: () => boolean, what: string) =>
  eventually(() => `${what} does not come about:\n${program.output().slice(-3000)}`, holds);
const momentComes = (party: string) =>
  sql(
    "UPDATE subscription SET next_run_at = '2026-01-01 03:30:00.000', closed_for = NULL WHERE party_id = ? AND kind = 'snapshot'",
    partyId(party),
  );
const verb = async (...argv: string[]) => {
  const { code, stdout, stderr } = await runVerb(argv, settings);
  return { code, text: `${stdout}${stderr}` };
};

/** Between the bus and the register: counts who is asked about, and keeps the register out of reach when told to. */
const asked = new Map<string, number>();
const register = {
  up: true,
  /** So many it answers; the others wait until whoever asks is gone. */
  most: 5,
  url: JSON.parse(readFileSync(join(folder, 'demo/sources.json'), 'utf8')).rijksregister,
};
const between = createServer((incoming, outgoing) => {
  const body: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => body.push(piece));
  incoming.on('end', async () => {
    const insz = /<INSZ>(\d{11})</.exec(Buffer.concat(body).toString())?.[1] ?? '';
    if (!register.up) return void incoming.socket.destroy();
    if (asked.size >= register.most) return;
    asked.set(insz, (asked.get(insz) ?? 0) + 1);
    const on = request(register.url, { method: 'POST', headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    on.on('error', () => outgoing.destroy());
    on.end(Buffer.concat(body));
  });
});
await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
after(() => void between.close().closeAllConnections());
const address = between.address();
const port = typeof address === 'object' && address ? address.port : 0;
const pointed = await verb(
  ...['source', 'change', 'rijksregister', '--url', `http://127.0.0.1:${port}`],
  ...['--retries', '0', '--breaker', '0'],
);
assert.equal(pointed.code, 0, pointed.text);

const fetched = async (party: string, name: string) => {
  const secret = readFileSync(join(folder, `demo/${party}.password`), 'utf8').trim();
  const authorization = `Basic ${Buffer.from(`${party}-web:${secret}`).toString('base64')}`;
  const answer = await fetch(`${program.url}/publicaties/${name}`, { headers: { authorization } });
  assert.equal(answer.status, 200, name);
  return Buffer.from(await answer.arrayBuffer());
};
const recordsIn = (file: Buffer) =>
  [...file.toString().matchAll(/<Onderwerp>.*?<\/Onderwerp>/gs)].map(([record]) => ({
    record,
    insz: /<INSZ>(\d{11})</.exec(record)?.[1] ?? '',
    code: /<Identificatie>(\d{5})</.exec(record)?.[1] ?? null,
  }));

/** Of whom the demo register never answers in time, or not at all. */
const HOPELESS = ['83720433348', '79662515255'];

test('everybody is in the file once, through a kill, a source that is down, and somebody who is taken out', async () => {
  const afnemer = partyId('afnemer');
  for (const number of HOPELESS)
    sql('DELETE FROM registration WHERE party_id = ? AND subject_number = ?', afnemer, number);
  const registered = sql(
    "SELECT DISTINCT subject_number AS number FROM registration WHERE party_id = ? AND hoedanigheid = '6001' AND subject_kind = 'person' ORDER BY 1",
    afnemer,
  ).map(({ number }) => String(number));
  assert.ok(registered.length > 10);
  momentComes('afnemer');
  const answered = () =>
    sql("SELECT subject_number AS number FROM question WHERE owner = 'file' AND state = 'answered'").map(
      ({ number }) => String(number),
    );
  await until(() => answered().length >= 4, 'some answers');
  await program.stop('SIGKILL');
  const before = answered();
  const askedBefore = new Map(asked);
  const open = sql(
    "SELECT subject_number AS number FROM question WHERE state = 'open' ORDER BY position DESC",
  );
  const taken = String(open[0]?.number);
  assert.ok(open.length > 4 && !asked.has(taken));
  sql('DELETE FROM registration WHERE party_id = ? AND subject_number = ?', afnemer, taken);

  register.up = false;
  register.most = Number.POSITIVE_INFINITY;
  program = await startProgram(settings);
  await until(
    () => /questions to GeefPersoon 02.02 got no answer/.test(program.output()),
    'a source that is down',
  );
  assert.equal(fileOf('afnemer').state, 'asking');
  const meanwhile = answered().length;
  assert.ok(meanwhile >= before.length && meanwhile < registered.length);
  register.up = true;
  await until(() => fileOf('afnemer').state === 'written', 'the file');

  const { name, sha256, sequence } = fileOf('afnemer');
  const file = await fetched('afnemer', String(name));
  assert.equal(createHash('sha256').update(file).digest('hex'), sha256);
  const records = recordsIn(file);
  assert.deepEqual(records.length, registered.length);
  for (const number of before)
    assert.equal(asked.get(number), askedBefore.get(number), `${number} was asked about again`);
  const out = records.find(({ code }) => code === '40003');
  assert.equal(out?.insz, taken);
  assert.doesNotMatch(
    out?.record ?? '',
    /<Naam>/,
    'of whom is no longer registered there is the number alone',
  );
  assert.ok(!asked.has(taken));
  assert.ok(records.filter(({ code }) => code === null).length > 5);
  assert.match(records.find(({ insz }) => insz === '74651210490')?.record ?? '', /<Persoon .*<Naam /s);

  const voucher = await fetched('afnemer', `${name}/voucher`);
  const voucherFile = join(folder, 'voucher.xml');
  writeFileSync(voucherFile, voucher);
  execFileSync('xmlsec1', ['--verify', '--trusted-pem', join(folder, 'demo/ca.crt.pem'), voucherFile], {
    stdio: 'pipe',
  });
  assert.match(voucher.toString(), /<v:direction>SUBSCRIPTION<.*<v:numberOfRecords>15</s);
  assert.match(voucher.toString(), new RegExp(`<v:fileSequenceNumber>${sequence}<`));
  await until(() => sql('SELECT 1 FROM question').length === 0, 'that the answers are forgotten');
  const audited = sql(
    "SELECT COUNT(*) AS count FROM exchange WHERE party = 'afnemer' AND remote_address LIKE 'snapshot:%'",
  );
  assert.ok(Number(audited[0]?.count) >= registered.length);
});

test('it tells how far it came, and is laid down again as it was while it is there, and no more when it is gone', async () => {
  const { id, name, sha256 } = fileOf('afnemer');
  const shown = JSON.parse((await verb('publication', 'show', String(id), '--json')).text);
  assert.deepEqual(shown.questions, { questions: 15, answered: 15 });
  const lies = join(folder, 'files', `p${partyId('afnemer')}`, 'Publicaties', String(name));
  const first = await verb('publication', 'reissue', String(id));
  assert.equal(first.code, 0, first.text);
  await until(() => fileOf('afnemer').state === 'written', 'the file');
  assert.equal(createHash('sha256').update(readFileSync(lies)).digest('hex'), sha256);
  rmSync(lies);
  const { code, text } = await verb('publication', 'reissue', String(id));
  assert.equal(code, 1);
  assert.match(text, /is gone: it was a snapshot, whose answers were not kept/);
});

test('a subscriber is shown what its grants for the question and for the publication both show', async () => {
  momentComes('beperkt');
  await until(() => fileOf('beperkt').state === 'written', 'the file');
  const records = recordsIn(await fetched('beperkt', String(fileOf('beperkt').name)));
  assert.deepEqual(
    records.map(({ insz, code }) => [insz, code]),
    [['74651210490', null]],
  );
  assert.match(records[0]?.record ?? '', /<INSZ>74651210490<\/INSZ><Naam /);
  assert.doesNotMatch(records[0]?.record ?? '', /<Geboorte|<Geslacht|<Adres/);
});
