import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { type Program, runVerb, startProgram } from '../support/program.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** Two processes that answer, on the embedded database. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_WORKERS: '2' };
const INSZ = '74651210490';
let bus: Program;
before(async () => {
  bus = await startProgram(settings);
});
after(() => bus.stop());

const question = async (party = 'afnemer') => {
  const [signed] = await signQuestions(askerIn(join(folder, 'demo'), party), INSZ, 1);
  return Buffer.from(signed?.bytes ?? assert.fail());
};

async function post(body: Buffer) {
  const headers = { 'content-type': 'text/xml', connection: 'close' };
  const response = await fetch(`${bus.url}/soap/WebService`, { method: 'POST', headers, body });
  const exchange = response.headers.get('x-kruispunt-exchange') ?? '';
  return { status: response.status, exchange, text: await response.text() };
}

async function recorded(exchange: string) {
  const { stdout, stderr } = await runVerb(['audit', 'show', exchange, '--json'], { KRUISPUNT_VAR: folder });
  assert.notEqual(stdout, '', stderr);
  const { code, reason, sources } = JSON.parse(stdout);
  return { code, reason, sources };
}

async function assertReplay(told: Awaited<ReturnType<typeof post>>, first: string): Promise<void> {
  assert.equal(told.status, 500);
  assert.match(told.text, /ERR_025: Verification failure/);
  // Whoever sent it again learns nothing of the first time.
  assert.ok(!told.text.includes('received before') && !told.text.includes(first));
  const { code, reason, sources } = await recorded(told.exchange);
  assert.deepEqual([code, sources], ['ERR_025', []]);
  assert.equal(reason, `the message was received before, in exchange ${first}`);
}

test('answers a message that is sent many times at once to two processes exactly once', async () => {
  const message = await question();
  const told = await Promise.all(Array.from({ length: 20 }, () => post(message)));
  const answered = told.filter(({ status }) => status === 200);
  assert.equal(answered.length, 1);
  const [again] = told.filter(({ status }) => status !== 200);
  await assertReplay(again ?? assert.fail(), answered[0]?.exchange ?? '');
});

test('knows it again when it comes in other clothes: other header blocks, other white space around', async () => {
  const message = await question();
  const first = await post(message);
  assert.equal(first.status, 200);
  const text = message.toString('utf8');
  const dressed = text
    .replace(/<wsa:MessageID.*?<\/wsa:MessageID>/, '<x:Nieuw xmlns:x="urn:x"/>')
    .replace('</soap:Envelope>', '\n</soap:Envelope>');
  assert.notEqual(dressed, text);
  await assertReplay(await post(Buffer.from(dressed)), first.exchange);
});

test('knows again a message that it refused', async () => {
  const message = await question('ongeregistreerd');
  const first = await post(message);
  assert.match(first.text, />40003</);
  await assertReplay(await post(message), first.exchange);
});

test('knows it again after it was killed and started anew', async () => {
  const message = await question();
  const first = await post(message);
  assert.equal(first.status, 200);
  await bus.stop('SIGKILL');
  bus = await startProgram(settings);
  await assertReplay(await post(message), first.exchange);
});
