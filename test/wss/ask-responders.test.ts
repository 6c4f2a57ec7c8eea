import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type AskPace, askPace, askResponders } from '../../src/ask-responders.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { followAnswers } from '../../src/follow-answers.ts';
import { learnFrom } from '../../src/open-asking.ts';
import { postBytes } from '../../src/sources/fetch-bytes.ts';
import { onceAnswered } from '../../src/wss/once-answered.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { issue, makeAuthority, type TestCertificate } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/program.ts';
import { answerAs, readAsked, type Telling } from '../support/responder.ts';

const HOUR = 3_600_000;
const root = await makeAuthority('Wortel CA');
const leaf = await issue(root, 'leaf');
const other = await issue(root, 'other');
const from = (ms: number) => new Date(Date.now() + ms);
const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;

/** A responder on the web that says what a test wants, or does whatever a test puts there instead. */
async function web() {
  const responder = {
    asked: [] as string[],
    telling: {} as Telling,
    instead: null as ((response: ServerResponse) => void) | null,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    responder.asked.push(readAsked(body).serial);
    if (responder.instead) return responder.instead(response);
    const { thisUpdate = from(-1000), nextUpdate = from(HOUR), ...telling } = responder.telling;
    response.end(answerAs(root, body, { thisUpdate, nextUpdate, ...telling }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close().closeAllConnections());
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { responder, url: `http://127.0.0.1:${address.port}/` };
}

type Open = {
  readonly url: string;
  readonly folder?: string;
  readonly grace?: number;
  readonly pace?: Partial<AskPace>;
  readonly ahead?: { ms: number };
  readonly deadline?: number;
};

/** A process that asks, as a bus has it, but sooner. */
function asking({
  url,
  folder = temporaryFolder(),
  grace = 0,
  pace = {},
  ahead = { ms: 0 },
  deadline = 3000,
}: Open) {
  const trust = createTrust({
    authorities: [root.certificate],
    responders: [{ name: 'wortel.pem', text: root.certificate, url }],
    grace,
  });
  const clock = { now: () => from(ahead.ms) };
  const limits = { maxBytes: 65_536, deadline };
  const asks = askResponders({
    ...{ trust, folder, grace, clock, demandsNonce: true, pace: { ...askPace, ...pace } },
    post: (to, body, signal) => postBytes(to, { body, type: 'application/ocsp-request' }, limits, signal),
  });
  const told: string[] = [];
  const tell = (...[fields, text]: unknown[]) => void told.push(`${JSON.stringify(fields)} ${text ?? ''}`);
  const follows = followAnswers({
    ...{ trust, asking: asks, clock, every: 10 },
    log: { info: tell, warn: tell, error: tell },
  });
  after(follows.close);
  const isParty = (subject: string) => subject !== other.subject;
  /** What a message signed with this certificate would be refused for; empty: nothing. */
  async function refuses(certificate: TestCertificate = leaf): Promise<string> {
    try {
      await onceAnswered(learnFrom(asks, isParty), () => trust.check([der(certificate)], clock.now()));
      return '';
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
      return error.message;
    }
  }
  const until = (holds: () => Promise<boolean> | boolean) =>
    eventually(() => `never: ${holds} ${told.join('\n')}`, holds, 10);
  return { refuses, until, told, follows, trust, folder };
}

test('asks once at the first message, and lets no later one wait', async () => {
  const { responder, url } = await web();
  const bus = asking({ url });
  assert.deepEqual(await Promise.all([bus.refuses(), bus.refuses(), bus.refuses()]), ['', '', '']);
  assert.equal(await bus.refuses(), '');
  assert.equal(responder.asked.length, 1);
  assert.equal(bus.trust.check([der(leaf)], new Date()).certificate.subject, leaf.subject);
});

test('leaves answers where other processes and the next start find them', async () => {
  const { responder, url } = await web();
  const { folder, refuses } = asking({ url });
  assert.equal(await refuses(), '');
  responder.instead = (response) => void response.destroy();
  assert.equal(await asking({ url, folder }).refuses(), '');
  assert.equal(responder.asked.length, 1);
  // What lies there is believed by its signature alone.
  const [name = assert.fail()] = readdirSync(folder);
  const bytes = readFileSync(join(folder, name));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(join(folder, name), bytes);
  assert.match(await asking({ url, folder }).refuses(), /was not answered/);
});

test('fails closed where a responder does not answer, and does not ask at every message', async () => {
  const { responder, url } = await web();
  const bus = asking({ url });
  responder.instead = (response) => void response.writeHead(503).end();
  assert.match(await bus.refuses(), /was not answered: http.*HTTP status 503 .*KRUISPUNT_OCSP_RESPONDERS/);
  assert.match(await bus.refuses(), /was not answered/);
  assert.equal(responder.asked.length, 1);
  await bus.until(() => /status 503.*a responder does not answer/.test(bus.told.join('\n')));
  assert.deepEqual(bus.follows.trouble(), ['answers of responders not current: 1', 'cannot be asked: 1']);
});

test('asks again after a while, and is well when it is answered', async () => {
  const { responder, url } = await web();
  const bus = asking({ url, pace: { retry: 20 } });
  responder.instead = (response) => void response.destroy();
  assert.match(await bus.refuses(), /was not answered/);
  await bus.until(() => bus.follows.trouble().length > 0);
  responder.instead = null;
  await bus.until(async () => (await bus.refuses()) === '');
  await bus.until(() => /answers again/.test(bus.told.join('\n')));
  assert.deepEqual(bus.follows.trouble(), []);
});

test('lets a message wait no longer than its deadline', async () => {
  const { responder, url } = await web();
  responder.instead = (response) => void response.write('a');
  const began = performance.now();
  assert.match(await asking({ url, deadline: 300 }).refuses(), /did not answer whole within 300 ms/);
  assert.ok(performance.now() - began < 2000);
});

test("never asks about a certificate that is no party's", async () => {
  const { responder, url } = await web();
  assert.match(await asking({ url }).refuses(other), /CN=other.* is registered to no party/);
  assert.deepEqual(responder.asked, []);
});

test('renews answers behind the messages, and refuses from the moment on that one says revoked', async () => {
  const { responder, url } = await web();
  const bus = asking({ url, pace: { least: 20, most: 20, retry: 0 } });
  assert.equal(await bus.refuses(), '');
  responder.telling = { status: 'revoked', thisUpdate: from(-500) };
  await bus.until(() => {
    try {
      return !bus.trust.check([der(leaf)], new Date());
    } catch (error) {
      return /is revoked/.test(String(error));
    }
  });
  await bus.until(() => /a certificate was revoked/.test(bus.told.join('\n')));
});

test('takes an answer that another process got, rather than asking itself', async () => {
  const { responder, url } = await web();
  const pace = { least: 300, most: 300, retry: 0 };
  const first = asking({ url, pace: { least: HOUR, most: HOUR } });
  const second = asking({ url, folder: first.folder, pace });
  assert.deepEqual([await first.refuses(), await second.refuses()], ['', '']);
  const [name = assert.fail()] = readdirSync(first.folder);
  const soon = setInterval(() => utimesSync(join(first.folder, name), new Date(), new Date()), 20);
  await pause(700);
  clearInterval(soon);
  assert.equal(responder.asked.length, 1);
});

test('goes by an answer that has ended for its grace, also after a start without network', async () => {
  const { responder, url } = await web();
  const ahead = { ms: 0 };
  const pace = { retry: 0 };
  const bus = asking({ url, grace: HOUR, ahead, pace });
  assert.equal(await bus.refuses(), '');
  responder.instead = (response) => void response.destroy();
  ahead.ms = 1.5 * HOUR;
  assert.equal(await bus.refuses(), '');
  const again = asking({ url, folder: bus.folder, grace: HOUR, ahead, pace });
  assert.equal(await again.refuses(), '');
  assert.deepEqual(
    bus.trust.answers(from(ahead.ms)).map(({ state }) => state),
    ['grace'],
  );
  ahead.ms = 2.5 * HOUR;
  assert.match(await again.refuses(), /ended on/);
});

test('takes away what was kept and is of no use any more', async () => {
  const { url } = await web();
  const ahead = { ms: 0 };
  const bus = asking({ url, ahead });
  assert.equal(await bus.refuses(), '');
  ahead.ms = 29 * 24 * HOUR;
  await pause(50);
  assert.equal(readdirSync(bus.folder).length, 1);
  ahead.ms = 31 * 24 * HOUR;
  await bus.until(() => readdirSync(bus.folder).length === 0);
});
