import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { Reachable } from '../../src/exchange/source.ts';
import { connect, deaf, listening, replying, sourceAt } from './listener.ts';

const call = (source: Reachable, signal = new AbortController().signal) =>
  connect(source, { method: 'GET', url: new URL(source.url), headers: {}, body: null }, signal);

async function codeOf(source: Reachable, signal?: AbortSignal): Promise<string> {
  try {
    return String((await call(source, signal)).status);
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.code;
  }
}

test('gives status and body as they came', async () => {
  const source = await listening(replying(418, 'een theepot'));
  const { status, body } = await call(source);
  assert.deepEqual([status, body.toString()], [418, 'een theepot']);
});

test('says 99997 where nothing listens, and where there is no such host', async () => {
  assert.equal(await codeOf(await deaf()), '99997');
  assert.equal(await codeOf(sourceAt('http://bron.invalid/')), '99997');
});

test('says 99996 when the source does not answer in time', async () => {
  const silent = await listening(() => {}, { deadline: 60 });
  const began = performance.now();
  assert.equal(await codeOf(silent), '99996');
  assert.ok(performance.now() - began < 1500);
});

test('counts the whole call, to the last byte, to the deadline', async () => {
  const dripping = await listening(
    (_request, response) => {
      const timer = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(timer));
    },
    { deadline: 120 },
  );
  assert.equal(await codeOf(dripping), '99996');
});

test('says 60006 when the source hangs up, before or within its answer', async () => {
  const before = await listening((request) => request.socket.destroy());
  assert.equal(await codeOf(before), '60006');
  const within = await listening((request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half');
    setTimeout(() => request.socket.destroy(), 20);
  });
  assert.equal(await codeOf(within), '60006');
});

test('reads as much as the source may send, and not a byte more', async () => {
  const exact = await listening(replying(200, 'x'.repeat(1000)), { maxBytes: 1000 });
  assert.equal(await codeOf(exact), '200');
  const over = await listening(replying(200, 'x'.repeat(1001)), { maxBytes: 1000 });
  assert.equal(await codeOf(over), '60007');
});

test('stops reading an answer without end', async () => {
  let closed: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    closed = resolve;
  });
  let sent = 0;
  const endless = await listening(
    (_request, response) => {
      response.once('close', closed);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    },
    { maxBytes: 1000 },
  );
  assert.equal(await codeOf(endless), '60007');
  await over;
  assert.ok(sent < 20_000_000, `${sent} bytes were read`);
});

test('does not follow a redirect', async () => {
  let asked = 0;
  const elsewhere = await listening((request, response) => {
    asked++;
    replying(200)(request, response);
  });
  const moved = await listening((_request, response) => {
    response.writeHead(302, { location: elsewhere.url }).end();
  });
  assert.equal(await codeOf(moved), '302');
  assert.equal(asked, 0);
});

test('gives up when it is told to, before the deadline', async () => {
  const silent = await listening(() => {}, { deadline: 5000 });
  const stop = new AbortController();
  const began = performance.now();
  setTimeout(() => stop.abort(new Error('the bus is stopping')), 40);
  assert.equal(await codeOf(silent, stop.signal), '60009');
  assert.ok(performance.now() - began < 2000);
});

test('does not begin when it was told to give up before', async () => {
  let asked = 0;
  const source = await listening((request, response) => {
    asked++;
    replying(200)(request, response);
  });
  assert.equal(await codeOf(source, AbortSignal.abort()), '60009');
  assert.equal(asked, 0);
});

test('keeps connections for the calls to come', async () => {
  const ports = new Set<number | undefined>();
  const source = await listening((request, response) => {
    ports.add(request.socket.remotePort);
    replying(200, 'x')(request, response);
  });
  for (let index = 0; index < 8; index++) await call(source);
  assert.ok(ports.size <= 2, `${ports.size} connections for eight calls`);
});
