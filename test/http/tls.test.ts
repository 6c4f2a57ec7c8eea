import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { issueCertificate, makeAuthority } from '../../src/demo/certificates.ts';
import { systemClock } from '../../src/exchange/clock.ts';
import { health } from '../../src/http/health.ts';
import type { Tls } from '../../src/http/node-server.ts';
import { serverOf } from '../support/door.ts';

const authority = await makeAuthority('Test CA', systemClock);
const issue = (commonName: string) =>
  issueCertificate(
    authority,
    { commonName, organisation: 'Test', serial: `4${randomUUID().replaceAll('-', '').slice(1)}` },
    systemClock,
  );
const server = await issue('localhost');
const client = await issue('client');
const stranger = await makeAuthority('Another CA', systemClock);

async function start(tls: Tls): Promise<number> {
  const http = serverOf({ tls });
  health(http, [], [], () => true);
  await http.listen({ host: '127.0.0.1', port: 0 });
  after(() => http.close());
  return (http.server.address() as AddressInfo).port;
}

type Shown = { readonly cert?: string; readonly key?: string; readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2' };

function get(port: number, shown: Shown = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/health/live',
      servername: 'localhost',
      ca: authority.certificate,
    };
    // Certificates of the demonstration carry no host names: whom they name is checked by the tests of trust.
    const call = request(
      { ...options, ...shown, checkServerIdentity: () => undefined, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

const plain = await start({ key: server.privateKey, cert: server.certificate, clientCa: null });
const mutual = await start({
  key: server.privateKey,
  cert: server.certificate,
  clientCa: authority.certificate,
});

test('answers over TLS 1.2 and later, and not before', async () => {
  assert.equal(await get(plain), 200);
  assert.equal(await get(plain, { maxVersion: 'TLSv1.2' }), 200);
  await assert.rejects(get(plain, { maxVersion: 'TLSv1.1' }));
});

test('lets in only clients that show a certificate of the authority, where one is set', async () => {
  assert.equal(await get(mutual, { cert: client.certificate, key: client.privateKey }), 200);
  await assert.rejects(get(mutual));
  await assert.rejects(get(mutual, { cert: stranger.certificate, key: stranger.privateKey }));
});
