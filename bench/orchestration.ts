/**
 * `node bench/orchestration.ts`: how much longer GeefDossier, which asks three sources, takes than its slowest source
 * alone. The started program, its demo sources, and before each of these a listener that waits.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import { demoParty } from '../src/cli/demo-party.ts';
import { fromJson } from '../src/contract/json-markup.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { dialectOf } from '../src/dialect/dialect.ts';
import { systemClock } from '../src/exchange/clock.ts';
import { openStore } from '../src/store/connection.ts';
import { createSigner } from '../src/wss/sign.ts';
import { startBus } from './bus.ts';
import { loadNow, machine } from './cpu.ts';
import { median, quantile } from './numbers.ts';
import { asText, type Figure } from './report.ts';

/** Milliseconds that each source takes longer than it does by itself. */
const DELAYS = { ksz: 50, rijksregister: 80, kbo: 120 } as const;
const WARM_UP = 60;
const COUNT = 200;
const PERSON = '74651210490';
const ENTERPRISE = '0999990123';

const questions = {
  GeefDossier: { Criteria: { INSZ: PERSON }, Taal: 'nl' },
  GeefOnderneming: {
    Criteria: {
      Ondernemingsnummer: ENTERPRISE,
      Basisgegevens: '1',
      Rechtstoestanden: '1',
      Functies: { Aanduiding: '1' },
    },
  },
} as const;
type Name = keyof typeof questions;

/** Hands everything on to `target`, and its answer back so many milliseconds later than it came. */
async function slowed(target: string, delay: number) {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { host: _, 'content-length': __, ...headers } = incoming.headers;
    const [reply] = await Promise.all([
      request(new URL(incoming.url ?? '/', target), {
        method: incoming.method === 'GET' ? 'GET' : 'POST',
        headers: { ...headers, connection: 'keep-alive' },
        body: chunks.length === 0 ? null : Buffer.concat(chunks),
      }).then(async ({ statusCode, headers: { 'content-type': type }, body }) => ({
        statusCode,
        type: String(type ?? 'text/xml'),
        bytes: Buffer.from(await body.arrayBuffer()),
      })),
      wait(delay),
    ]);
    response.writeHead(reply.statusCode, { 'content-type': reply.type }).end(reply.bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}${new URL(target).pathname}`, close: () => server.close() };
}

const folder = mkdtempSync(resolve(tmpdir(), 'kruispunt-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const root = resolve(import.meta.dirname, '..');
const { services } = loadServices([resolve(root, 'wsdl')], [resolve(root, 'xsd')]);
const loadBefore = loadNow();
const bus = await startBus(folder);
const party = demoParty(resolve(folder, 'demo'), 'afnemer');
const store = await openStore(`sqlite:${resolve(folder, 'kruispunt.db')}`, { clock: systemClock });
const proxies: Awaited<ReturnType<typeof slowed>>[] = [];
for (const source of await store.sources()) {
  const delay = Object.entries(DELAYS).find(([name]) => name === source.name)?.[1];
  if (delay === undefined || source.url === null) continue;
  const proxy = await slowed(source.url, delay);
  proxies.push(proxy);
  await store.putSource({ ...source, url: proxy.url });
}
await store.close();
// Until the bus has seen that its sources have moved.
await wait(1500);

const signer = createSigner({
  privateKey: party.keyPem,
  certificate: party.certificatePem,
  clock: systemClock,
  randomId: randomUUID,
});

/** Milliseconds from a question to its whole answer. */
async function ask(name: Name): Promise<number> {
  const service = services.find(({ rules }) => rules.name === name);
  const operation = service?.contract.operations[0];
  const model = operation && service.contract.model(operation.request);
  if (!service || !operation || !model) throw new Error(`the contracts hold no ${name}`);
  const dialect = dialectOf(service.rules);
  const reference = randomUUID();
  const question = dialect.writeQuestion({
    request: { ...operation.request, prefix: 'ns' },
    name,
    version: service.rules.version,
    at: new Date(),
    sender: { uri: party.uri, hoedanigheid: party.hoedanigheid, reference, endUser: null },
    reference,
    content: fromJson(dialect.questionModel(model), questions[name]),
  });
  const body = await signer.sign([question], '1.1');
  const began = performance.now();
  const reply = await request(`${bus.url}/soap/WebService`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body,
  });
  const text = await reply.body.text();
  const took = performance.now() - began;
  // Three sources in a dossier, one in the other: whatever is lacking is told by an Uitzondering.
  if (reply.statusCode !== 200 || !text.includes(reference) || text.includes('<Uitzondering>'))
    throw new Error(`${name} was not answered whole: ${text.slice(0, 2000)}`);
  return took;
}

const took: Readonly<Record<Name, number[]>> = { GeefDossier: [], GeefOnderneming: [] };
for (let index = -WARM_UP; index < COUNT; index++) {
  for (const name of ['GeefOnderneming', 'GeefDossier'] as const) {
    const milliseconds = await ask(name);
    if (index >= 0) took[name].push(milliseconds);
  }
}
await bus.stop();
for (const proxy of proxies) proxy.close();

const [alone, together] = [took.GeefOnderneming, took.GeefDossier];
const spread = (all: readonly number[]) => `p99 ${quantile(all, 0.99).toFixed(1)} ms, of ${all.length}`;
const figures: readonly Figure[] = [
  { name: 'slowest source alone', value: median(alone), unit: 'ms', target: null, note: spread(alone) },
  { name: 'three sources', value: median(together), unit: 'ms', target: null, note: spread(together) },
  {
    name: '  longer than the slowest',
    value: median(together) - median(alone),
    unit: 'ms',
    target: { most: 5 },
    note: `medians, in turn; sources slowed by ${Object.values(DELAYS).join(', ')} ms`,
  },
];
const at = new Date().toISOString().slice(0, 16);
console.log(asText({ at, machine: machine(), load: [loadBefore, loadNow()], figures }));
