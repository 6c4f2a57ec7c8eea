import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { networks } from '../../src/exchange/networks.ts';
import { type Client, clientsBehind } from '../../src/http/client.ts';
import { serverOf } from '../support/door.ts';
import { say } from '../support/raw.ts';

/** Both are proxies; 127.0.0.9 is none. */
const clientOf = clientsBehind(networks(['127.0.0.2', '10.0.0.0/8']));
const server = serverOf({});
server.get('/', (request) => clientOf(request));
await server.listen({ host: '127.0.0.1', port: 0 });
after(() => server.close());
const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;

async function clientWith(headers: readonly string[], from = '127.0.0.2'): Promise<Client> {
  const got = await say(
    url,
    ['GET / HTTP/1.1', 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'),
    from,
  );
  return JSON.parse(got.slice(got.indexOf('\r\n\r\n') + 4));
}
const addressWith = async (...headers: readonly string[]) => (await clientWith(headers)).address;

test('goes back past each proxy that is relied on, to the first address that is none', async () => {
  assert.equal(await addressWith('X-Forwarded-For: 192.0.2.7'), '192.0.2.7');
  assert.equal(await addressWith('X-Forwarded-For: 198.51.100.1, 192.0.2.7, 10.1.1.1'), '192.0.2.7');
  assert.equal(await addressWith('X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: 192.0.2.7'), '192.0.2.7');
  assert.equal(await addressWith('X-Forwarded-For: ::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(await addressWith('X-Forwarded-For: 2001:DB8::7'), '2001:db8::7');
  assert.equal(await addressWith(), '127.0.0.2');
});

test('takes nothing for an address that is none', async () => {
  for (const made of ['unknown', '192.0.2.7:80', '_hidden', '<a/>', '192.0.2.999', ', ,'])
    assert.equal(
      await addressWith(`X-Forwarded-For: 192.0.2.7, ${made}`),
      made === ', ,' ? '192.0.2.7' : '127.0.0.2',
    );
});

test('believes no header of anybody else', async () => {
  const headers = [
    'X-Forwarded-For: 192.0.2.7',
    'X-Forwarded-Proto: https',
    'Forwarded: for=192.0.2.7;proto=https',
  ];
  assert.deepEqual(await clientWith(headers, '127.0.0.9'), { address: '127.0.0.9', encrypted: null });
});

test('takes a line for encrypted when all that is said of it says so', async () => {
  const encrypted = async (...headers: readonly string[]) => (await clientWith(headers)).encrypted;
  assert.equal(await encrypted('X-Forwarded-Proto: https'), true);
  assert.equal(await encrypted('X-Forwarded-Proto: http'), false);
  assert.equal(await encrypted('X-Forwarded-Proto: https, http'), false);
  assert.equal(await encrypted(), null);
});
