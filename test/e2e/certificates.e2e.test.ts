import assert from 'node:assert/strict';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { issue, makeAuthority, revoke, type TestCertificate } from '../support/certificates.ts';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { type Program, runVerb, startProgram } from '../support/program.ts';
import { answerAs } from '../support/responder.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** Two processes that answer, and certificates of two authorities beside the demo world's own. */

const folder = demoFolder();
const HOUR = 3_600_000;
const from = (ms: number) => new Date(Date.now() + ms);
const here = await makeAuthority('Lijst in een bestand');
const there = await makeAuthority('Lijst op het web');
const asked = await makeAuthority('Antwoordt zelf');
const first = await issue(here, 'eerste');
const second = await issue(here, 'tweede');
const third = await issue(there, 'derde');
const fourth = await issue(asked, 'vierde');
const keep = (name: string, bytes: string | Uint8Array) => {
  writeFileSync(join(folder, `${name}.new`), bytes);
  renameSync(join(folder, `${name}.new`), join(folder, name));
  return join(folder, name);
};
const list = (revoked: readonly string[], made: number) => revoke(here, revoked, from(HOUR), from(made));
const onTheWeb = await revoke(there, [third.serial], from(HOUR), from(-HOUR));
const web = createServer(async (request, response) => {
  if (request.method === 'GET') return void response.end(onTheWeb);
  const question = Buffer.concat(await request.toArray());
  response.end(answerAs(asked, question, { thisUpdate: from(-1000), nextUpdate: from(HOUR) }));
});

let settings: Readonly<Record<string, string>>;
let bus: Program;
before(async () => {
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = web.address();
  assert.ok(typeof address === 'object' && address);
  const crl = keep('hier.crl', await list([], -HOUR));
  settings = {
    KRUISPUNT_VAR: folder,
    KRUISPUNT_WORKERS: '2',
    KRUISPUNT_AUTHORITIES: keep('extra.pem', `${here.certificate}${there.certificate}${asked.certificate}`),
    KRUISPUNT_OCSP_RESPONDERS: `${keep('asked.pem', asked.certificate)}=http://127.0.0.1:${address.port}/ocsp`,
    KRUISPUNT_REVOCATION_LISTS: `http://127.0.0.1:${address.port}/daar.crl:${crl}`,
  };
  bus = await startProgram(settings);
  const files = [first, second, third, fourth].map((each, index) => keep(`${index}.pem`, each.certificate));
  const options = files.flatMap((file) => ['--certificate', file]);
  const added = await runVerb(['key', 'add', 'afnemer', ...options], settings);
  assert.equal(added.code, 0, added.stderr);
  await eventually(bus.output, async () => (await ask(second)).status === 200, 100);
});
after(async () => {
  await bus.stop();
  web.close();
});

async function ask(certificate: TestCertificate) {
  const asker = { ...askerIn(join(folder, 'demo'), 'afnemer'), ...certificate };
  const [signed] = await signQuestions(asker, '74651210490', 1);
  const headers = { 'content-type': 'text/xml', connection: 'close' };
  const body = Buffer.from(signed?.bytes ?? assert.fail());
  const response = await fetch(`${bus.url}/soap/WebService`, { method: 'POST', headers, body });
  const isAnswered = (await response.text()).includes('>Maes</');
  return {
    status: response.status,
    isAnswered,
    exchange: response.headers.get('x-kruispunt-exchange') ?? '',
  };
}

const reasonOf = async (exchange: string) => {
  const { stdout } = await runVerb(['audit', 'show', exchange, '--json'], settings);
  return String(JSON.parse(stdout).reason);
};

test('refuses a certificate that is revoked while the bus runs, in every process, and no other', async () => {
  assert.equal((await ask(first)).status, 200);
  keep('hier.crl', await list([first.serial], -1000));
  const statuses: number[] = [];
  await eventually(bus.output, async () => {
    statuses.push((await ask(first)).status);
    return statuses.slice(-6).join() === '500,500,500,500,500,500';
  });
  const refused = await ask(first);
  assert.match(await reasonOf(refused.exchange), /CN=eerste.* is revoked \(revocation of certificate 1 of 2/);
  assert.equal((await ask(second)).status, 200);
  await bus.says(/were read anew/);
});

test('goes by a list that it got from the web, and shows how the lists stand', async () => {
  const refused = await ask(third);
  assert.equal(refused.status, 500);
  assert.match(await reasonOf(refused.exchange), /CN=derde.* is revoked.*daar\.crl/);
  const figures = await (await fetch(`${bus.url}/metrics`)).text();
  assert.match(figures, /kruispunt_revocation_lists\{state="current"\} 2/);
  assert.doesNotMatch(await (await fetch(`${bus.url}/health/ready`)).text(), /trust/);
});

test('asks the responder of an issuer at the first message, and shows how its answers stand', async () => {
  const diagnosed = async () => (await runVerb(['key', 'diagnose', join(folder, '3.pem')], settings)).stdout;
  assert.equal((await ask(fourth)).status, 200);
  const figures = await (await fetch(`${bus.url}/metrics`)).text();
  assert.match(figures, /kruispunt_ocsp_answers\{state="current"\} 1/);
  assert.match(await diagnosed(), /good {2}ocsp .*good, says http.*\/ocsp, of /);
});

test('diagnoses on the command line what the bus decides', async () => {
  const diagnosed = await runVerb(['key', 'diagnose', join(folder, '0.pem')], settings);
  assert.equal(diagnosed.code, 1);
  assert.match(diagnosed.stdout, /BAD {3}revocation .*CN=eerste.* is revoked\n +to mend it: .*hier\.crl/);
  const fine = await runVerb(['key', 'diagnose', join(folder, '1.pem'), '--json'], settings);
  assert.equal(fine.code, 0, fine.stderr);
  const { accepted, party, lists } = JSON.parse(fine.stdout);
  assert.deepEqual([accepted, party.name, lists.length], [true, 'afnemer', 2]);
});

test('foresees when certificates end that it has seen', async () => {
  const { stdout, stderr } = await runVerb(['key', 'forecast', '--days', '20000', '--json'], settings);
  assert.notEqual(stdout, '', stderr);
  const endings: readonly { at: string | null; who: string; what: string }[] = JSON.parse(stdout);
  const of = (what: string) => endings.find((each) => each.what.includes(what)) ?? assert.fail(stdout);
  // Registered from its file.
  assert.equal(of('certificate CN=tweede').who, 'afnemer');
  assert.match(of('hier.crl').at ?? '', /^\d{4}-/);
  assert.match(of('signing certificate CN=bus').at ?? '', /^\d{4}-/);
  // The demo world's own, of which nobody gave a file: it was used.
  const subject = 'certificate CN=beperkt';
  assert.equal(of(subject).at, null);
  const asker = askerIn(join(folder, 'demo'), 'beperkt');
  const [signed] = await signQuestions(asker, '74651210490', 1);
  const headers = { 'content-type': 'text/xml' };
  const body = Buffer.from(signed?.bytes ?? assert.fail());
  await (await fetch(`${bus.url}/soap/WebService`, { method: 'POST', headers, body })).text();
  const after = await runVerb(['key', 'forecast', '--days', '20000'], settings);
  assert.match(after.stdout, /^\d{4}-\S+ +\d+ +beperkt +certificate CN=beperkt/m);
});

test('takes what a party signs from its networks alone', async () => {
  const add = async (network: string, isLetIn: boolean) => {
    const { code, stderr } = await runVerb(
      ['party', 'change', 'afnemer', '--add-network', network],
      settings,
    );
    assert.equal(code, 0, stderr);
    const look = async () => {
      const answer = await ask(second);
      return answer.isAnswered === isLetIn && answer;
    };
    return eventually(bus.output, look, 100);
  };
  const { exchange } = await add('192.0.2.0/24', false);
  assert.match(await reasonOf(exchange), /^127\.0\.0\.1 is in none of the networks of afnemer$/);
  await add('127.0.0.0/8', true);
  const shown = await runVerb(['party', 'show', 'afnemer'], settings);
  assert.match(shown.stdout, /^network {6}127\.0\.0\.0\/8\nnetwork {6}192\.0\.2\.0\/24$/m);
});
