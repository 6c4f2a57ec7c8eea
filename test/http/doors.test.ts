import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import { systemClock } from '../../src/exchange/clock.ts';
import type { Received } from '../../src/exchange/message.ts';
import { networks } from '../../src/exchange/networks.ts';
import { certificateDoor } from '../../src/http/certificate-door.ts';
import { clientsBehind } from '../../src/http/client.ts';
import { health } from '../../src/http/health.ts';
import { readMediaType } from '../../src/http/media-type.ts';
import { metrics, metricsDoor } from '../../src/http/metrics.ts';
import { soapDoor } from '../../src/http/soap-door.ts';
import { wsdlDoor } from '../../src/http/wsdl-door.ts';
import { journey } from '../../src/journey.ts';
import { stoppedClock } from '../support/clock.ts';
import { serverOf } from '../support/door.ts';
import { AT, SOAP12, service } from '../support/message.ts';
import { partsInMemory, signedQuestion } from '../support/parts-in-memory.ts';

const MAX = 20_000;
const server = serverOf({ maxMessageBytes: MAX });
const records: ExchangeRecord[] = [];
const { parts } = partsInMemory(undefined, { record: async (exchange) => void records.push(exchange) });
const travel = journey(parts);
const figures = metrics();
let last: Received | null = null;
let database = async () => {};
let redis = async () => {};
let near = true;

soapDoor(server, {
  travel: (received, signal) => {
    last = received;
    return travel(received, signal);
  },
  clock: stoppedClock(AT),
  clientOf: clientsBehind(networks([])),
  onOutcome: () => {},
  ownerOf: null,
  signal: new AbortController().signal,
});
certificateDoor(server, 'PEM');
wsdlDoor(server, { services: () => [service], publicUrl: () => 'https://bus.example' });
health(
  server,
  [
    { name: 'database', check: () => database(), needed: true },
    { name: 'redis', check: () => redis(), needed: false },
    { name: 'clock', check: async () => void systemClock.now(), needed: true },
  ],
  [],
  () => near,
);
metricsDoor(server, figures, () => near);
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
const url = `http://127.0.0.1:${port}`;
after(() => server.close());

const ENDPOINT = '/GeefPersoonDienst-02.02/soap/WebService';
const text = { 'content-type': 'text/xml; charset=utf-8' };

async function post(path: string, body: string | Buffer, headers: Record<string, string> = text) {
  records.length = 0;
  const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    exchange: response.headers.get('x-kruispunt-exchange'),
    text: await response.text(),
    code: records[0]?.code ?? null,
    recorded: records.map(({ id }) => id),
  };
}

test('answers at the endpoint of the service and at the common one, and names the exchange', async () => {
  for (const path of [ENDPOINT, '/soap/WebService']) {
    const question = signedQuestion({ questionReference: path === ENDPOINT ? 'vraag-1' : 'vraag-2' });
    const { status, type, exchange, text, recorded } = await post(path, question);
    assert.deepEqual([status, type], [200, 'text/xml; charset=utf-8'], path);
    assert.match(exchange ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(recorded, [exchange]);
    assert.ok(text.includes(`<Referte>${exchange}</Referte>`));
  }
});

test('answers SOAP 1.2 with its own media type', async () => {
  const headers = { 'content-type': 'application/soap+xml; charset=utf-8; action="GeefPersoonDienst-02.02"' };
  const { status, type } = await post(ENDPOINT, signedQuestion({}, { soap: SOAP12 }), headers);
  assert.deepEqual([status, type], [200, 'application/soap+xml; charset=utf-8']);
  assert.deepEqual(
    [last?.door.soapAction, last?.door.mediaType],
    ['GeefPersoonDienst-02.02', 'application/soap+xml'],
  );
});

test('tells the journey what the transport said', async () => {
  await post(ENDPOINT, '<a/>', { 'content-type': 'Text/XML;Charset="UTF-8"', soapaction: '"urn:a"' });
  assert.deepEqual(last?.door, {
    remoteAddress: '127.0.0.1',
    connection: null,
    mediaType: 'text/xml',
    charset: 'UTF-8',
    soapAction: 'urn:a',
    endpoint: { service: 'GeefPersoon', version: '02.02' },
    problem: null,
  });
  await post('/soap/WebService', '<a/>', { ...text, soapaction: 'urn:unquoted' });
  assert.deepEqual([last?.door.soapAction, last?.door.endpoint], ['urn:unquoted', null]);
});

test('lets no byte of a message be another', async () => {
  const body = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
  await post(ENDPOINT, body, text);
  assert.deepEqual(last?.raw, body);
});

test('refuses through the journey, so that the audit knows: media type, path, size', async () => {
  const json = await post(ENDPOINT, '{}', { 'content-type': 'application/json' });
  assert.deepEqual([json.status, json.code], [415, '415']);
  for (const path of ['/', '/elders', '/GeefPersoon-02.02/soap/WebService', '/soap/WebService/x']) {
    const lost = await post(path, signedQuestion());
    assert.deepEqual([lost.status, lost.code], [404, '404'], path);
  }
  const big = await post(ENDPOINT, `<a>${'x'.repeat(MAX)}</a>`);
  assert.deepEqual([big.status, big.code], [413, '413']);
  for (const { exchange, recorded, text, type } of [json, big]) {
    assert.deepEqual(recorded, [exchange]);
    assert.match(text, /Fault>/);
    assert.equal(type, 'text/xml; charset=utf-8');
  }
});

test('takes a message as large as it may be', async () => {
  const { code } = await post(ENDPOINT, 'x'.repeat(MAX));
  assert.equal(code, '10001');
});

test('refuses a message without Content-Type, and one without a body', async () => {
  const nothing = await new Promise<number>((resolve, reject) => {
    httpRequest(`${url}${ENDPOINT}`, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end('<a/>');
  });
  assert.equal(nothing, 415);
  const { status, code } = await post(ENDPOINT, '');
  assert.deepEqual([status, code], [500, '10001']);
});

test('tells a fault with HTTP 500', async () => {
  const { status, code, exchange, text } = await post(ENDPOINT, '<');
  assert.deepEqual([status, code], [500, '10001']);
  assert.ok(text.includes(`<uitwisseling>${exchange}</uitwisseling>`));
});

const get = async (path: string) => {
  const response = await fetch(`${url}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
};

test('publishes the contract, however a client asks for it', async () => {
  const asked = ['?wsdl', '?WSDL', '?wsdl=', '?WsDl=1'];
  for (const path of [...asked.map((query) => ENDPOINT + query), '/soap/WebService?wsdl']) {
    const { status, type, text } = await get(path);
    assert.deepEqual([status, type], [200, 'text/xml; charset=utf-8'], path);
    assert.ok(text.includes(`https://bus.example${ENDPOINT}`), path);
  }
});

test('publishes every schema that the contract imports, under the address it names', async () => {
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const { status, text } = await get(path);
    assert.equal(status, 200, path);
    const locations = [...text.matchAll(/schemaLocation="([^"]+)"/g)].map((match) => match[1] ?? '');
    for (const location of locations) {
      const to = new URL(location.replaceAll('&amp;', '&'), `https://bus.example${path}`);
      assert.equal(to.origin, 'https://bus.example', location);
      await visit(`${to.pathname}${to.search}`);
    }
  };
  await visit(`${ENDPOINT}?wsdl`);
  assert.ok(seen.size > 10, `${seen.size} documents`);
});

test('publishes nothing but the contract', async () => {
  const outside = [
    '../../package.json',
    '..%2f..%2fpackage.json',
    '/etc/hostname',
    'file:///etc/hostname',
    'service.yaml',
    '....//package.json',
    '',
  ];
  for (const path of outside) {
    const { status, text } = await get(`${ENDPOINT}?xsd=${path}`);
    assert.equal(status, 404, path);
    assert.doesNotMatch(text, /kruispunt|Dienst|root:/i);
  }
});

test('says what there is where nothing was asked for', async () => {
  assert.equal((await get(ENDPOINT)).status, 405);
  assert.equal((await get(`${ENDPOINT}?xsd=a&xsd=b`)).status, 405);
  const other = await get('/GeefGezinDienst-02.00/soap/WebService?wsdl');
  assert.deepEqual([other.status, /GeefPersoonDienst/.test(other.text)], [404, true]);
  assert.equal((await get('/elders')).status, 404);
});

test('is alive as long as it answers, and ready when its database is', async () => {
  const ready = await get('/health/ready');
  assert.deepEqual(
    [ready.status, JSON.parse(ready.text)],
    [200, { status: 'up', database: 'up', redis: 'up', clock: 'up' }],
  );
  redis = async () => {
    throw new Error('geheim: no route to host');
  };
  const without = await get('/health/ready');
  assert.deepEqual(
    [without.status, JSON.parse(without.text).status, JSON.parse(without.text).redis],
    [200, 'up', 'down'],
  );
  database = async () => {
    throw new Error('geheim: no route to host');
  };
  const down = await get('/health/ready');
  assert.deepEqual(
    [down.status, JSON.parse(down.text)],
    [503, { status: 'down', database: 'down', redis: 'down', clock: 'up' }],
  );
  assert.equal((await get('/health/live')).status, 200);
});

test('counts exchanges by service, outcome and code, and names nobody', async () => {
  await post(ENDPOINT, signedQuestion());
  for (const record of records) figures.observe(record);
  const { status, type, text } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(type, /^text\/plain/);
  assert.match(
    text,
    /^kruispunt_exchanges_total\{service="GeefPersoon",outcome="answered",code="none"\} 1$/m,
  );
  assert.match(text, /^kruispunt_exchange_seconds_count\{service="GeefPersoon"\} 1$/m);
  assert.match(text, /^kruispunt_source_seconds_count\{source="rijksregister",outcome="answered"\} 1$/m);
  assert.doesNotMatch(text, /74651210490|stad\.example|Stad Voorbeeld|afnemer/);
});

test('keeps one series for all codes that sources make up', async () => {
  const [exchange] = records;
  assert.ok(exchange);
  for (const code of ['31337', '31338', '40003']) figures.observe({ ...exchange, outcome: 'refused', code });
  const { text } = await get('/metrics');
  assert.match(text, /outcome="refused",code="source"\} 2$/m);
  assert.match(text, /outcome="refused",code="40003"\} \d+$/m);
  assert.doesNotMatch(text, /code="3133/);
});

test('reads a Content-Type whatever its case, order and quotes', () => {
  assert.deepEqual(readMediaType('Text/XML ; Charset = "UTF-8"'), {
    type: 'text/xml',
    charset: 'UTF-8',
    action: null,
  });
  assert.deepEqual(readMediaType('application/soap+xml;action="urn:a;b=c";charset=utf-8'), {
    type: 'application/soap+xml',
    charset: 'utf-8',
    action: 'urn:a;b=c',
  });
  for (const header of [undefined, '', ' ', ';charset=utf-8'])
    assert.equal(readMediaType(header).type, null, String(header));
});

test('shows how it is inside to those who may see it, and to others whether it is ready', async () => {
  near = false;
  database = async () => {};
  try {
    assert.deepEqual(await (await fetch(`${url}/health/ready`)).json(), { status: 'up' });
    const figures = await fetch(`${url}/metrics`);
    assert.deepEqual([figures.status, await figures.text()], [403, 'not from this address\n']);
  } finally {
    near = true;
  }
});

test('offers the certificate to which questions are encrypted, where there is one', async () => {
  const offered = await server.inject({ method: 'GET', url: '/certificaten/versleuteling' });
  assert.deepEqual(
    [offered.statusCode, offered.body, offered.headers['content-type']],
    [200, 'PEM', 'application/x-pem-file'],
  );
  const other = serverOf({});
  certificateDoor(other, null);
  const none = await other.inject({ method: 'GET', url: '/certificaten/versleuteling' });
  assert.deepEqual([none.statusCode, none.body], [404, 'nothing can be encrypted to this bus\n']);
  await other.close();
});
