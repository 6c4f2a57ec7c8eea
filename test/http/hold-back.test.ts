import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { networks } from '../../src/exchange/networks.ts';
import { clientsBehind } from '../../src/http/client.ts';
import { holdBack } from '../../src/http/hold-back.ts';
import type { Caller, Pass } from '../../src/http/waiting-room.ts';
import { serverOf } from '../support/door.ts';

/** A room that lets in or turns away as it is told, and remembers who came. */
const callers: Caller[] = [];
const outcomes: object[] = [];
let turn: Pass | Promise<Pass | null>;
const pass: Pass = { leave: (outcome) => void outcomes.push(outcome) };
const room = {
  enter: (caller: Caller) => {
    callers.push(caller);
    return turn;
  },
  counts: () => ({ waiting: 0, turnedAway: 0 }),
  close: () => {},
};
const proxies = networks(['127.0.0.1']);
const server = serverOf({});
const onOutcome = holdBack(server, { room, clientOf: clientsBehind(proxies), speaksForMany: proxies.hold });
let read = 0;
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
  read += 1;
  done(null, body);
});
for (const path of ['/soap/WebService', '/:endpoint/soap/WebService', '/other'])
  server.post(path, async (request) => {
    onOutcome(request, { refused: true, bytes: 7 });
    return 'read';
  });
await server.listen({ host: '127.0.0.1', port: 0 });
after(() => server.close());
const { port } = server.server.address() as AddressInfo;

async function post(path: string, forwarded?: string) {
  callers.length = 0;
  outcomes.length = 0;
  read = 0;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', ...(forwarded ? { 'x-forwarded-for': forwarded } : {}) },
    body: 'message',
  });
  return { status: response.status, headers: response.headers };
}

test('asks for each message at an endpoint, or at none, by the address of the client, and tells what became of it', async () => {
  turn = pass;
  for (const path of ['/soap/WebService', '/A-01.00/soap/WebService', '/nothing']) {
    await post(path, '192.0.2.1');
    assert.deepEqual(callers, [{ address: '192.0.2.1', line: null }], path);
  }
  await post('/soap/WebService', '192.0.2.1');
  assert.deepEqual(outcomes, [{ refused: true, bytes: 7 }]);
  await post('/other', '192.0.2.1');
  assert.deepEqual([callers, outcomes], [[], []]);
});

test('never has a proxy wait that does not say for whom it asks', async () => {
  turn = Promise.resolve(null);
  assert.equal((await post('/soap/WebService')).status, 200);
  assert.deepEqual(callers, []);
});

test('knows the line of who comes without a proxy', async () => {
  turn = pass;
  const bare = serverOf({});
  holdBack(bare, { room, clientOf: clientsBehind(networks([])), speaksForMany: () => false });
  bare.post('/soap/WebService', async () => 'read');
  await bare.listen({ host: '127.0.0.1', port: 0 });
  callers.length = 0;
  const url = `http://127.0.0.1:${(bare.server.address() as AddressInfo).port}/soap/WebService`;
  await fetch(url, { method: 'POST', headers: { 'x-forwarded-for': '192.0.2.1' } });
  assert.equal(callers[0]?.address, '127.0.0.1');
  assert.notEqual(callers[0]?.line, null);
  await bare.close();
});

test('reads nothing of who waited in vain, and says when to come again', async () => {
  turn = Promise.resolve(null);
  const { status, headers } = await post('/soap/WebService', '192.0.2.1');
  assert.deepEqual([status, headers.get('retry-after'), headers.get('connection')], [503, '30', 'close']);
  assert.deepEqual([read, outcomes], [0, []]);
});

test('reads a message when its turn has come', async () => {
  turn = new Promise((settle) => setTimeout(() => settle(pass), 20));
  assert.equal((await post('/soap/WebService', '192.0.2.1')).status, 200);
  assert.deepEqual([read, outcomes.length], [1, 1]);
});
