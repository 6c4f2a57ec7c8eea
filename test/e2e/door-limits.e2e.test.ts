import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram } from '../support/program.ts';
import { type Line, open, say, statuses } from '../support/raw.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** Whoever is not a client, on raw sockets against the program: it is cut off, and clients are answered meanwhile. */

const folder = demoFolder();
const program = await startProgram({
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_MAX_MESSAGE_BYTES: '65536' },
  ...{ KRUISPUNT_MAX_CONNECTIONS: '60', KRUISPUNT_MAX_CONNECTIONS_PER_ADDRESS: '40' },
  ...{ KRUISPUNT_RECEIVE_SECONDS: '3', KRUISPUNT_IDLE_SECONDS: '1', KRUISPUNT_TRUSTED_PROXIES: '127.0.0.2' },
  ...{ KRUISPUNT_METRICS_FROM: '127.0.0.1,127.0.0.2' },
});
const lines: Line[] = [];
after(async () => {
  for (const { socket } of lines) socket.destroy();
  await program.stop();
});
const { url } = program;
const { host } = new URL(url);
const asker = askerIn(join(folder, 'demo'), 'afnemer');
const ENDPOINT = '/GeefPersoonDienst-02.02/soap/WebService';

/** What a client gets that does as it should, from an address of its own. */
async function client(from = '127.0.0.9'): Promise<number> {
  const [question] = await signQuestions(asker, '74651210490', 1);
  const { bytes } = question ?? assert.fail();
  const head = `POST ${ENDPOINT} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/xml\r\nConnection: close\r\n`;
  const line = `${head}Content-Length: ${bytes.length}\r\n\r\n`;
  const got = await say(url, Buffer.concat([Buffer.from(line), bytes]), from);
  assert.match(got, /<Antwoord>/);
  return statuses(got)[0] ?? 0;
}

const get = (...lines: readonly string[]) =>
  [`GET /health/live HTTP/1.1`, `Host: ${host}`, ...lines, '', ''].join('\r\n');
const post = (lines: readonly string[], body: string) =>
  [`POST ${ENDPOINT} HTTP/1.1`, `Host: ${host}`, 'Content-Type: text/xml', ...lines, '', body].join('\r\n');
const SMUGGLED = 'GET /health/live HTTP/1.1\r\nHost: smuggled\r\n\r\n';

test('answers a client that does as it should', async () => {
  assert.equal(await client(), 200);
});

test('refuses headers that are too many, too long, or never end', async () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: 1`);
  assert.deepEqual(statuses(await say(url, get(...names(95), 'Connection: close'))), [200]);
  assert.deepEqual(statuses(await say(url, get(...names(150)))), [431], 'a hundred and fifty');
  assert.deepEqual(statuses(await say(url, get(...names(2_000)))), [431], 'two thousand');
  assert.deepEqual(statuses(await say(url, get(`X: ${'a'.repeat(20_000)}`))), [431], 'a long one');
  assert.deepEqual(
    statuses(await say(url, `${get().slice(0, -2)}${'X: 1\r\n'.repeat(10_000)}`)),
    [431],
    'no end',
  );
});

test('refuses a request line that is too long', async () => {
  const line = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  assert.deepEqual(statuses(await say(url, line(`${ENDPOINT}?xsd=${'a'.repeat(3_000)}`))), [404]);
  assert.deepEqual(statuses(await say(url, line(`${ENDPOINT}?xsd=${'a'.repeat(5_000)}`))), [414]);
  assert.deepEqual(statuses(await say(url, line(`${ENDPOINT}?xsd=${'a'.repeat(20_000)}`))), [431]);
});

const chunked = `5\r\nhello\r\n0\r\n\r\n`;
const smuggling: Readonly<Record<string, readonly [string, number]>> = {
  'a length beside chunks': [post(['Content-Length: 4', 'Transfer-Encoding: chunked'], chunked), 400],
  'chunks beside a length': [post(['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked), 400],
  'two lengths': [post(['Content-Length: 5', 'Content-Length: 55'], `hello${SMUGGLED}`), 400],
  'the same length twice': [post(['Content-Length: 5', 'Content-Length: 5'], 'hello'), 400],
  'a list of lengths': [post(['Content-Length: 5, 5'], 'hello'), 400],
  'a length with a sign': [post(['Content-Length: +5'], 'hello'), 400],
  'a length in another base': [post(['Content-Length: 0x5'], 'hello'), 400],
  'a space before the colon': [post(['Transfer-Encoding : chunked', 'Content-Length: 5'], 'hello'), 400],
  'a folded header': [post(['Content-Length: 5', 'X: a', ' Transfer-Encoding: chunked'], 'hello'), 400],
  'a folded coding': [post(['Transfer-Encoding:', ' chunked'], chunked), 400],
  'a coding nobody knows': [post(['Transfer-Encoding: xchunked'], chunked), 501],
  'chunks that are not last': [post(['Transfer-Encoding: chunked, identity'], chunked), 400],
  'a coding within chunks': [post(['Transfer-Encoding: gzip, chunked'], chunked), 501],
  'a coding said twice': [post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked), 400],
  'bare line ends': [post(['Content-Length: 5'], 'hello').replaceAll('\r\n', '\n'), 400],
  'a bare CR in a header': [post(['X: a\rTransfer-Encoding: chunked', 'Content-Length: 5'], 'hello'), 400],
  'a NUL in a header': [post(['X: a\0b', 'Content-Length: 5'], 'hello'), 400],
  'a chunk without its line end': [post(['Transfer-Encoding: chunked'], `5\r\nhelloXX0\r\n\r\n`), 400],
  'a chunk size with a sign': [post(['Transfer-Encoding: chunked'], `-5\r\nhello\r\n0\r\n\r\n`), 400],
  'a chunk size beyond all numbers': [
    post(['Transfer-Encoding: chunked'], `${'f'.repeat(17)}\r\nhello`),
    400,
  ],
  'a body where none belongs': [get('Content-Length: 5').concat('hello'), 400],
  'chunks where none belong': [get('Transfer-Encoding: chunked').concat(chunked), 400],
  'no host': [`GET /health/live HTTP/1.1\r\n\r\n`, 400],
};

test('refuses what two readers would end at two places, and answers nothing that comes behind it', async () => {
  for (const [what, [bytes, status]] of Object.entries(smuggling)) {
    const [first, ...more] = statuses(await say(url, `${bytes}${SMUGGLED}`));
    assert.equal(first, status, what);
    // Node's parser may say 400 once more behind a refusal of ours.
    assert.ok(
      more.every((each) => each === 400),
      `${what}: ${more}`,
    );
  }
});

test('refuses a message that is compressed, and never inflates it', async () => {
  const bomb = Buffer.alloc(32 * 1024 * 1024, ' ');
  const bodies = { gzip: gzipSync(bomb), deflate: deflateSync(bomb), br: brotliCompressSync(bomb) };
  for (const [coding, body] of Object.entries({
    ...bodies,
    'gzip, identity': bodies.gzip,
    GZIP: Buffer.from('x'),
  })) {
    const head = `Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    const got = await say(
      url,
      Buffer.concat([Buffer.from(post([], '').trimEnd()), Buffer.from(`\r\n${head}`), body]),
    );
    assert.deepEqual(statuses(got), [415], coding);
    assert.match(got, /accept-encoding: identity/i, coding);
    assert.match(got, /x-kruispunt-exchange: /i, coding);
  }
});

test('reads no more of a body, a chunk or a trailer than its limit', async () => {
  const declared = await say(url, post(['Content-Length: 99999999'], ''));
  assert.deepEqual(statuses(declared), [413], 'a length');
  const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`;
  assert.deepEqual(
    statuses(await say(url, post(['Transfer-Encoding: chunked'], chunk.repeat(20)))),
    [413],
    'chunks',
  );
  const extension = await say(url, post(['Transfer-Encoding: chunked'], `1;${'a'.repeat(40_000)}`));
  assert.ok([400, 413].includes(statuses(extension)[0] ?? 0), `an extension: ${extension.slice(0, 40)}`);
  const trailers = await say(url, post(['Transfer-Encoding: chunked'], `0\r\n${'X: 1\r\n'.repeat(20_000)}`));
  assert.deepEqual(statuses(trailers), [431], 'trailers');
});

function drip({ socket }: Line, start: string): void {
  socket.write(start);
  const timer = setInterval(() => socket.write('a'), 200);
  socket.once('close', () => clearInterval(timer));
}

test('cuts off who dawdles in headers or body, in time, and answers clients meanwhile', async () => {
  lines.push(...(await Promise.all(Array.from({ length: 30 }, () => open(url)))));
  const starts = [get().slice(0, -2), post(['Content-Length: 60000'], '<'), ''];
  lines.forEach((line, index) => {
    const start = starts[index % 3] ?? '';
    if (start !== '') drip(line, start);
  });
  const closed = Promise.all(lines.map((line) => line.closesWithin(8_000)));
  assert.equal(await client(), 200);
  assert.equal(await client(), 200);
  const times = await closed;
  times.forEach((ms, index) => {
    const [within, what] =
      index % 3 === 1 ? [5_000, 'a body'] : [2_500, index % 3 === 0 ? 'headers' : 'silence'];
    assert.ok(ms !== null && ms < within, `${what}: ${ms}`);
  });
  for (const line of lines)
    assert.ok(
      statuses(line.got()).every((status) => status === 408),
      line.got(),
    );
});

test('keeps a connection for the next request, and closes it when none comes', async () => {
  const line = await open(url);
  line.socket.write(get());
  await pause(400);
  line.socket.write(get());
  const ms = await line.closesWithin(6_000);
  assert.deepEqual(statuses(line.got()), [200, 200]);
  assert.ok(ms !== null && ms < 4_000, String(ms));
});

test('takes so many connections of one address, and so many in all', async () => {
  const lines = await Promise.all(Array.from({ length: 60 }, () => open(url)));
  await pause(100);
  const kept = lines.filter(({ socket }) => !socket.destroyed && !socket.closed);
  assert.equal(kept.length, 40);
  assert.equal(await client(), 200);
  const others = await Promise.all(
    Array.from({ length: 40 }, (_, index) => open(url, `127.0.1.${index + 1}`)),
  );
  await pause(100);
  assert.equal(others.filter(({ socket }) => !socket.destroyed && !socket.closed).length, 20);
  for (const { socket } of [...lines, ...others]) socket.destroy();
  await pause(100);
  assert.equal(await client(), 200);
});

/** From where the audit says that a message came which was sent from here, with this header. */
async function auditedFrom(from: string, forwarded: string): Promise<string> {
  const head = post(['Content-Length: 4', `X-Forwarded-For: ${forwarded}`, 'Connection: close'], '<a/>');
  const id = /x-kruispunt-exchange: (\S+)/i.exec(await say(url, head, from))?.[1] ?? assert.fail();
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { readOnly: true, timeout: 5_000 });
  try {
    return String(database.prepare('SELECT remote_address a FROM exchange WHERE id = ?').get(id)?.a);
  } finally {
    database.close();
  }
}

test('writes down whom a proxy names that is relied on, and believes nobody else', async () => {
  assert.equal(await auditedFrom('127.0.0.2', '198.51.100.9, 192.0.2.7'), '192.0.2.7');
  assert.equal(await auditedFrom('127.0.0.2', '192.0.2.7, 127.0.0.2'), '192.0.2.7');
  assert.equal(await auditedFrom('127.0.0.2', 'snapshot:x'), '127.0.0.2');
  assert.equal(await auditedFrom('127.0.0.3', '192.0.2.7'), '127.0.0.3');
});

test('shows figures and parts to the addresses that may see them, also behind a proxy', async () => {
  const ask = (path: string, from: string, ...more: string[]) =>
    say(
      url,
      [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...more, '', ''].join('\r\n'),
      from,
    );
  const told = async (...line: Parameters<typeof ask>) => statuses(await ask(...line))[0];
  assert.equal(await told('/metrics', '127.0.0.1'), 200);
  assert.equal(await told('/metrics', '127.0.0.2', 'X-Forwarded-For: 127.0.0.1'), 200);
  assert.equal(await told('/metrics', '127.0.0.2', 'X-Forwarded-For: 192.0.2.7'), 403);
  assert.equal(await told('/metrics', '127.0.0.3', 'X-Forwarded-For: 127.0.0.1'), 403);
  assert.match(await ask('/health/ready', '127.0.0.1'), /"database":"up"/);
  const far = await ask('/health/ready', '127.0.0.3');
  assert.match(far, / 200 OK/);
  assert.doesNotMatch(far, /database/);
});

test('gives a proxy as many connections as there are', async () => {
  const many = await Promise.all(Array.from({ length: 50 }, () => open(url, '127.0.0.2')));
  lines.push(...many);
  await pause(100);
  assert.equal(many.filter(({ socket }) => !socket.destroyed).length, 50);
  for (const { socket } of many) socket.destroy();
});

test('has an address wait whose messages are refused, answers others meanwhile, and a client from there in its turn', async () => {
  const hostile = post(['Content-Length: 60000', 'Connection: close'], 'x'.repeat(60_000));
  const waiting = async () =>
    Number(/^kruispunt_waiting_requests (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
  const told: number[] = [];
  let isEnough = false;
  const senders = Array.from({ length: 10 }, async () => {
    while (!isEnough) told.push(...statuses(await say(url, hostile, '127.0.0.66')));
  });
  await eventually(
    () => `nobody waits: ${told.length}`,
    async () => (await waiting()) >= 8,
    10,
  );
  isEnough = true;
  assert.equal(await client(), 200);
  assert.ok((await waiting()) > 0, 'the client came before those who wait');
  assert.equal(await client('127.0.0.66'), 200);
  await Promise.all(senders);
  assert.deepEqual(new Set(told), new Set([500]));
  assert.match(program.output(), /"address":"127\.0\.0\.66".*wait behind/);
});

test('stops although somebody still dawdles', async () => {
  const line = await open(url);
  lines.push(line);
  drip(line, post(['Content-Length: 60000'], '<'));
  await pause(100);
  const began = performance.now();
  assert.equal((await program.stop()).code, 0);
  assert.ok(performance.now() - began < 6_000);
});
