import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { newMutation } from '../store/publication-samples.ts';
import { issue, makeAuthority } from '../support/certificates.ts';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { foreign } from '../support/foreign.ts';
import { runVerb, startProgram } from '../support/program.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** curl fetches over TLS what a running bus has written: with a password, and then with a party's own certificate. */

const folder = demoFolder();
const demo = join(folder, 'demo');
const pem = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};
const authority = await makeAuthority('Authority');
const { certificate, privateKey } = await issue(authority, 'localhost');
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_SWEEP_SECONDS: '1', KRUISPUNT_DEMO: '1' },
  ...{ KRUISPUNT_TLS_KEY: pem('tls.key', privateKey), KRUISPUNT_TLS_CERT: pem('tls.crt', certificate) },
  // As long as files are kept: the notice comes with the file.
  KRUISPUNT_NOTICE_DAYS: '30',
};
let program = await startProgram(settings);
after(() => program.stop());

/** Certificates of tests carry no host names, which is all that --insecure passes over here. */
const curl = (path: string, ...args: readonly string[]) =>
  foreign('curl', ['--silent', '--insecure', ...args, `${program.url}${path}`]);
const status = (path: string, ...args: readonly string[]) =>
  curl(path, '--output', '/dev/null', '--write-out', '%{http_code}', ...args);

const withPassword = (party: string) => [
  '--user',
  `${party}-web:${readFileSync(join(demo, `${party}.password`), 'utf8').trim()}`,
];
const withCertificate = (party: string) => [
  ...['--cert', join(demo, `${party}.crt.pem`), '--key', join(demo, `${party}.key.pem`)],
];

/** Has the bus itself write a file for the party, of a change of the first person. */
async function written(party: string): Promise<void> {
  const store = await openStore(`sqlite:${join(folder, 'kruispunt.db')}`, { clock: systemClock });
  try {
    const parties = await store.parties();
    const idOf = (name: string) => parties.find((each) => each.name === name)?.id ?? assert.fail(name);
    const mutation = newMutation('74651210490', { occurredOn: '2026-11-20' });
    await store.acceptMutations([mutation], idOf('bron'));
  } finally {
    await store.close();
  }
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5_000 });
  const who = `party_id = (SELECT id FROM party WHERE name = '${party}')`;
  database.exec(
    `UPDATE subscription SET next_run_at = '2026-11-21 02:00:00.000', closed_for = NULL WHERE kind = 'mutations' AND ${who}`,
  );
  const expiring = () =>
    database.prepare(`SELECT COUNT(*) AS count FROM file_event WHERE what = 'expiring' AND ${who}`).get()
      ?.count;
  await eventually(program.output, () => expiring() !== 0, 100);
  database.close();
}

type Listed = { readonly name: string; readonly state: string; readonly sha256: string };
const listed = async (...args: readonly string[]): Promise<readonly Listed[]> =>
  JSON.parse(await curl('/publicaties/', ...args)).files;

test('with a password over TLS: the file, its voucher, the notice that it expires, and the receipt', async () => {
  await written('afnemer');
  const as = withPassword('afnemer');
  const [file, ...others] = await listed(...as);
  assert.ok(file && others.length === 0);
  assert.equal(file.state, 'written');
  const notice = await curl(`/publicaties/${file.name.replace(/\.xml$/, '.notice.xml')}`, ...as);
  assert.match(notice, new RegExp(`<n:fileName>${file.name}</n:fileName>`));
  const work = mkdtempSync(join(folder, 'notice-'));
  writeFileSync(join(work, 'notice.xml'), notice);
  const trusted = ['--trusted-pem', join(demo, 'ca.crt.pem')];
  await foreign('xmlsec1', ['--verify', ...trusted, join(work, 'notice.xml')]);
  assert.equal((await listed(...as))[0]?.state, 'written', 'a notice is not the file');
  assert.match(await curl(`/publicaties/${file.name}`, ...as), /<INSZ>74651210490<\/INSZ>/);
  assert.match(await curl(`/publicaties/${file.name}/voucher`, ...as), new RegExp(file.sha256));
  assert.equal((await listed(...as))[0]?.state, 'collected');
  assert.equal(await status(`/publicaties/${file.name}/ontvangst`, '--request', 'POST', ...as), '204');
  assert.equal(await status('/publicaties/'), '401');
  assert.equal(await status(`/publicaties/${file.name}`, ...withPassword('beperkt')), '404');
});

test("with a client's certificate: its own party's files, and no password instead of it", async () => {
  await program.stop();
  const authorities = pem(
    'clients.pem',
    readFileSync(join(demo, 'ca.crt.pem'), 'utf8') + authority.certificate,
  );
  program = await startProgram({ ...settings, KRUISPUNT_TLS_CLIENT_CA: authorities });
  const as = withCertificate('afnemer');
  const [file] = await listed(...as);
  assert.ok(file);
  assert.equal(file.state, 'acknowledged');
  assert.match(await curl(`/publicaties/${file.name}`, ...as), /<INSZ>74651210490<\/INSZ>/);
  assert.match(await curl(`/publicaties/${file.name}/voucher`, ...as), new RegExp(file.sha256));
  assert.equal((await listed(...withCertificate('beperkt'))).length, 0);
  assert.equal(await status(`/publicaties/${file.name}`, ...withCertificate('beperkt')), '404');
  // Of an authority that the line lets in, and nobody's.
  const stranger = await issue(authority, 'Stranger');
  const shown = [
    '--cert',
    pem('stranger.crt', stranger.certificate),
    '--key',
    pem('stranger.key', stranger.privateKey),
  ];
  assert.equal(await status('/publicaties/', ...shown), '403');
  assert.equal(await status('/publicaties/', ...shown, ...withPassword('afnemer')), '403');
  await assert.rejects(
    status('/publicaties/', ...withPassword('afnemer')),
    'without a certificate there is no line',
  );
});

test('a certificate counts at the pick-up from the networks of its party alone, and the refusal is written down', async () => {
  const as = withCertificate('afnemer');
  const change = async (option: string, becomes: string) => {
    assert.equal((await runVerb(['party', 'change', 'afnemer', option, '192.0.2.0/24'], settings)).code, 0);
    await eventually(program.output, async () => (await status('/publicaties/', ...as)) === becomes, 100);
  };
  await change('--add-network', '403');
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { readOnly: true });
  const refused = database
    .prepare("SELECT detail FROM file_event WHERE what = 'refused' ORDER BY id DESC LIMIT 1")
    .get();
  database.close();
  assert.match(String(refused?.detail), /not let in: 127\.0\.0\.1 is in none of the networks of afnemer/);
  await change('--remove-network', '200');
});

/** Sends a question that this party signed over a line that these certificates open. */
async function asked(signer: string, line: readonly string[]) {
  const [question] = await signQuestions(askerIn(demo, signer), '74651210490', 1);
  const file = join(folder, 'question.xml');
  writeFileSync(file, question?.bytes ?? '');
  const how = ['--data-binary', `@${file}`, '--header', 'Content-Type: text/xml', '--include'];
  const told = await curl('/GeefPersoonDienst-02.02/soap/WebService', ...how, ...line);
  const id = /x-kruispunt-exchange: (\S+)/i.exec(told)?.[1] ?? assert.fail(told);
  return { told, explain: () => runVerb(['audit', 'explain', id], settings) };
}

test('a signed question counts on the connection of the party that signed it alone', async () => {
  const own = await asked('afnemer', withCertificate('afnemer'));
  assert.match(own.told, /<Antwoord>/);
  const others = await asked('afnemer', withCertificate('beperkt'));
  assert.match(others.told, /<Uitzondering><Identificatie>13001</);
  assert.doesNotMatch(others.told, /beperkt|CN=/);
  const { stdout } = await others.explain();
  assert.match(stdout, /the connection is that of "CN=[^"]+" of beperkt, the message was signed by afnemer/);
  assert.match(stdout, /it has to be one of afnemer/);
  const stranger = ['--cert', join(folder, 'stranger.crt'), '--key', join(folder, 'stranger.key')];
  const nobodys = await asked('afnemer', stranger);
  assert.match(nobodys.told, /<Uitzondering><Identificatie>13001</);
  assert.match((await nobodys.explain()).stdout, /the connection is that of nobody: /);
});

test('no line is opened below TLS 1.2', async () => {
  const old = ['--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0', ...withCertificate('afnemer')];
  await assert.rejects(status('/health/live', ...old));
  assert.equal(await status('/health/live', '--tls-max', '1.2', ...withCertificate('afnemer')), '200');
});
