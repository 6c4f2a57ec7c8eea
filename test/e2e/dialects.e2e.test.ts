import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { type Program, ROOT, runVerb, startProgram } from '../support/program.ts';

/** Foreign contracts dropped with a service.yaml into a folder beside the bus's own: checked, granted and called. */

const INSZ = '74651210490';
const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';

const settings = {
  KRUISPUNT_VAR: demoFolder(),
  KRUISPUNT_DEMO: '1',
  KRUISPUNT_WSDL_DIR: [join(ROOT, 'wsdl'), join(ROOT, 'test/fixtures/wsdl/foreign')].join(delimiter),
};
const wrapped = (soap: string, body: string) =>
  `<s:Envelope xmlns:s="${soap}"><s:Body>${body}</s:Body></s:Envelope>`;

/** Both sources, told apart by what they are asked. A reader with this number makes the first one stumble. */
const STUMBLE = '90671551932';
const asked: string[] = [];
const sources = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const question = Buffer.concat(chunks).toString('utf8');
    asked.push(`${request.url} ${request.headers['content-type']} ${question}`);
    const [status, answer] = answerTo(question);
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(answer);
  });
});

function answerTo(question: string): readonly [number, string] {
  if (question.includes(STUMBLE)) {
    const fault = '<s:Fault><faultcode>s:Server</faultcode><faultstring>disk full</faultstring></s:Fault>';
    return [500, wrapped(SOAP11, fault)];
  }
  if (question.includes('urn:fix:tariff')) {
    const price = '<price><amount>12.50</amount><margin>4</margin></price>';
    const quoted = `<q:QuoteResponse xmlns:q="urn:fix:tariff:calls">${price}</q:QuoteResponse>`;
    return [200, wrapped(SOAP12, quoted)];
  }
  if (question.includes('CountFines')) {
    const counted = '<CountFinesResponse xmlns="urn:fix:catalogue"><count>2</count></CountFinesResponse>';
    return [200, wrapped(SOAP11, counted)];
  }
  const names = 'xmlns="urn:fix:catalogue" xmlns:d="urn:fix:catalogue:data"';
  const loan = '<loan shelf="B4"><d:title>Bruges</d:title><d:due>2026-04-01</d:due></loan>';
  const found = `<ListLoansResponse ${names}><number>${INSZ}</number>${loan}</ListLoansResponse>`;
  return [200, wrapped(SOAP11, found)];
}

let bus: Program;
const kruispunt = (...args: string[]) => runVerb(args, settings);
const call = (service: string, ...args: string[]) => kruispunt('call', service, '--url', bus.url, ...args);

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kruispunt(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** What an operator does once the folder is there. */
async function configure(): Promise<void> {
  const at = `http://127.0.0.1:${(sources.address() as AddressInfo).port}`;
  await done('source', 'add', 'library', '--kind', 'soap', '--url', `${at}/library`);
  await done('source', 'add', 'tariffs', '--kind', 'soap', '--url', `${at}/tariffs`, '--signature', 'strict');
  const basis = ['--version', '01.00', '--legal-basis', 'Besluit 7', '--from', '2020-01-01'];
  for (const [service, ...visible] of [
    ['Catalogue', 'number', 'loan/title', 'loan/due'],
    ['Tariff', 'price/amount'],
  ]) {
    const paths = visible.flatMap((path) => ['--visible', path]);
    const who = ['--party', 'afnemer', '--uri', 'afnemer.example/verwerker/ipdc6001-aip'];
    await done('grant', 'add', ...who, '--service', service ?? '', ...basis, ...paths);
  }
}

before(async () => {
  await new Promise<void>((resolve) => sources.listen(0, '127.0.0.1', resolve));
  await configure();
  bus = await startProgram(settings);
});
after(async () => {
  await bus.stop();
  sources.closeAllConnections();
  sources.close();
});

test('check says that they can be served', async () => {
  const stdout = await done('check');
  for (const line of [
    /Catalogue +01\.00 +ListLoans +1\.1 .*served/,
    /Catalogue +01\.00 +CountFines .*served/,
    /Tariff +01\.00 +Quote +1\.2 .*served/,
  ])
    assert.match(stdout, line);
});

test('a document/literal question goes to its source and comes back filtered', async () => {
  const { code, stdout } = await call('Catalogue', '--set', `reader/number=${INSZ}`, '--raw');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Bruges.*2026-04-01/);
  assert.doesNotMatch(stdout, /shelf/);
  assert.match(asked.at(-1) ?? '', /^\/library text\/xml; charset=utf-8 .*ListLoans/);
  assert.doesNotMatch(asked.at(-1) ?? '', /Signature/);
});

test('an rpc/literal question goes to its source, signed where that wants it', async () => {
  const { code, stdout } = await call('Tariff', '--set', 'article=spade', '--set', 'pieces=3', '--raw');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /QuoteResponse[^>]*><price><amount>12\.50<\/amount><\/price>/);
  assert.match(
    asked.at(-1) ?? '',
    /^\/tariffs application\/soap\+xml;.*urn:fix:tariff\/Quote.*SignatureValue/,
  );
});

const refused = async (...args: Parameters<typeof call>) => {
  const { code, stdout } = await call(...args, '--json');
  const { error, status, exchange } = JSON.parse(stdout);
  return { code, status, told: error.code, exchange };
};

test('what is refused is a SOAP fault with its number, and in the audit', async () => {
  const { exchange, ...nobody } = await refused(
    'Tariff',
    ...['--as', 'beperkt', '--set', 'article=spade', '--set', 'pieces=3'],
  );
  assert.deepEqual(nobody, { code: 1, status: 500, told: '13001' });
  const kept = JSON.parse(await done('audit', 'show', exchange, '--json'));
  assert.deepEqual([kept.outcome, kept.code, kept.party], ['refused', '13001', 'beperkt']);
  const { exchange: _, ...wrong } = await refused('Catalogue', '--insz', '74651210491');
  assert.deepEqual(wrong, { code: 1, status: 500, told: '20002' });
});

test('another operation of the contract shows what the grant names in its own answer: here nothing', async () => {
  const { exchange: _, ...hidden } = await refused('Catalogue', '--operation', 'CountFines');
  assert.deepEqual(hidden, { code: 1, status: 500, told: '15021' });
  const { code, stderr } = await call('Catalogue', '--operation', 'Burn');
  assert.equal(code, 2);
  assert.match(stderr, /no operation Burn; there is ListLoans, CountFines/);
});

test('a fault of the source is one of ours, without its words', async () => {
  const { code, stdout } = await call('Catalogue', '--insz', STUMBLE, '--raw');
  assert.equal(code, 1);
  assert.match(stdout, /<faultstring>99994 - /);
  assert.doesNotMatch(stdout, /disk full/);
});

test('the contracts are published with the address of the bus', async () => {
  const response = await fetch(`${bus.url}/CatalogueDienst-01.00/soap/WebService?wsdl`);
  const wsdl = await response.text();
  assert.equal(response.status, 200);
  assert.ok(wsdl.includes(`${bus.url}/CatalogueDienst-01.00/soap/WebService`), wsdl);
});

test('a grant for what no answer has is refused', async () => {
  const { code, stderr } = await kruispunt(
    ...[
      'grant',
      'add',
      '--party',
      'beperkt',
      '--uri',
      'beperkt.example/ipdc7001-aip',
      '--service',
      'Catalogue',
    ],
    ...['--version', '01.00', '--legal-basis', 'x', '--from', '2020-01-01', '--visible', 'loan/author'],
  );
  assert.notEqual(code, 0);
  assert.match(stderr, /loan\/author/);
});
