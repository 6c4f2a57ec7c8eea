import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadServices } from '../../src/contract/load-services.ts';
import type { Grant, Identity } from '../../src/exchange/party.ts';
import type { Parts } from '../../src/journey.ts';
import type { Connect } from '../../src/sources/connect.ts';
import { routes } from '../../src/stages/routes.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { AT, envelope, grant, INSZ, party, SOAP12 } from '../support/message.ts';
import {
  busSubject,
  failing,
  partsInMemory,
  sending,
  signedQuestion,
  travel,
  trust,
} from '../support/parts-in-memory.ts';
import { received } from '../support/signed-message.ts';

/** Contracts that know nothing of the bus, served by nothing but a `service.yaml`. */

const folder = fileURLToPath(new URL('../fixtures/wsdl/foreign', import.meta.url));
const { services, problems } = loadServices([folder], []);

const OTHER = '90671551932';
const loans = (number = INSZ, operation = 'ListLoans') =>
  `<c:${operation} xmlns:c="urn:fix:catalogue"><c:reader><c:number>${number}</c:number></c:reader></c:${operation}>`;
const loan =
  '<c:loan shelf="B4"><d:title>Bruges</d:title><d:due>2026-04-01</d:due><d:fine>2.50</d:fine></c:loan>';
const borrowed = (content: string) =>
  `<c:ListLoansResponse xmlns:c="urn:fix:catalogue" xmlns:d="urn:fix:catalogue:data">${content}</c:ListLoansResponse>`;
const quote = '<q:Quote xmlns:q="urn:fix:tariff:calls"><article>spade</article><pieces>3</pieces></q:Quote>';
const price =
  '<q:QuoteResponse xmlns:q="urn:fix:tariff:calls"><price><amount>12</amount><margin>4</margin></price></q:QuoteResponse>';

const answering = (body: string): Connect => sending(200, envelope(body));

const showing = (...visible: string[]): Grant => ({ ...grant, visible });

type World = {
  readonly held?: Grant;
  readonly identities?: readonly Identity[];
  readonly granted?: boolean;
  readonly parts?: Partial<Parts>;
};

/** What becomes of one signed question, and what the audit and the source saw of it. */
async function ask(body: string, connect: Connect, world: World = {}) {
  const { held = showing('**'), identities = party.identities, granted = true } = world;
  const { parts, records, calls, faults } = partsInMemory(connect, {
    ...routes(services),
    partyOf: () => ({ ...party, identities }),
    grantFor: ({ uri }) => (granted && uri === grant.uri ? held : null),
    ...world.parts,
  });
  const { status, bytes, text } = await travel(parts, await signedQuestion({}, { body }));
  const { envelope: sent, dispose } = received(bytes);
  const signedBy = verifyReply(sent, { trust, at: AT }).subject;
  const payload = Buffer.from(readPayload(sent).canonical()).toString('utf8');
  dispose();
  const [record] = records;
  assert.equal(signedBy, busSubject);
  assert.deepEqual(faults, []);
  return { status, payload, text, record, calls };
}

test('needs nothing but a service.yaml beside the contract', () => {
  assert.deepEqual(problems, []);
  assert.deepEqual(
    services.map(({ rules }) => [rules.name, rules.dialect, rules.filtered]),
    [
      ['Catalogue', 'plain', null],
      ['Tariff', 'plain', null],
    ],
  );
});

test('puts the Body to the source as it is, and gives its answer back as it is', async () => {
  const answer = borrowed(`<c:number>${INSZ}</c:number>${loan}`);
  const { status, payload, record, calls } = await ask(loans(), answering(answer));
  assert.equal(status, 200);
  const told = payload.replaceAll(/ xmlns:\w+="[^"]*"/g, '');
  assert.equal(told, answer.replaceAll(/ xmlns:\w+="[^"]*"/g, ''));
  const asked = Buffer.from(calls[0]?.body ?? []).toString('utf8');
  assert.ok(asked.includes(loans()), asked);
  assert.doesNotMatch(asked, /Security|stad\.example/);
  assert.equal(calls[0]?.headers.soapaction, '"urn:fix:catalogue/ListLoans"');
  assert.deepEqual(
    [record?.outcome, record?.subjects, record?.reference],
    ['answered', [{ kind: 'person', number: INSZ }], null],
  );
});

test('serves rpc/literal, and asks a source in the only SOAP version that its contract has', async () => {
  const connect = answering(price);
  const { status, payload, calls } = await ask(quote, connect);
  assert.deepEqual([status, payload], [200, price]);
  const asked = Buffer.from(calls[0]?.body ?? []).toString('utf8');
  assert.ok(asked.includes(quote) && asked.includes(SOAP12), asked);
  assert.equal(
    calls[0]?.headers['content-type'],
    'application/soap+xml; charset=utf-8; action="urn:fix:tariff/Quote"',
  );
});

test('knows the sender by the certificate: the identity without a hoedanigheid, or the only one', async () => {
  const { uri } = grant;
  const asWhom = async (...identities: Identity[]) => {
    const { status, record } = await ask(quote, answering(price), { identities });
    return [status, record?.uri, record?.hoedanigheid, record?.code];
  };
  const [named, bare] = [
    { uri, hoedanigheid: '6001' },
    { uri, hoedanigheid: null },
  ];
  assert.deepEqual(await asWhom(named, bare), [200, uri, null, null]);
  assert.deepEqual(await asWhom(named), [200, uri, '6001', null]);
  assert.deepEqual(await asWhom(named, { uri, hoedanigheid: '6002' }), [500, null, null, '13001']);
  assert.deepEqual(await asWhom(), [500, null, null, '13001']);
});

test('filters the answer as a whole, by paths below the element of the answer', async () => {
  const answer = borrowed(`<c:number>${INSZ}</c:number>${loan}`);
  const held = showing('loan/title', 'loan/due', 'number');
  const { status, payload, record } = await ask(loans(), answering(answer), { held });
  assert.equal(status, 200);
  assert.match(payload, /Bruges/);
  assert.doesNotMatch(payload, /fine|shelf/);
  assert.deepEqual(record?.filtered, ['loan/@shelf', 'loan/fine']);
});

test('filters each operation by its own answer', async () => {
  const world = { held: showing('loan/title', 'loan/due', 'count') };
  const counted =
    '<c:CountFinesResponse xmlns:c="urn:fix:catalogue"><c:count>2</c:count></c:CountFinesResponse>';
  const first = await ask(loans(), answering(borrowed(loan)), world);
  assert.match(first.payload, /Bruges/);
  const second = await ask(loans(INSZ, 'CountFines'), answering(counted), world);
  assert.match(second.payload, /<c:count>2</);
});

test('gives back an answer that is empty, as one', async () => {
  const { status, payload, record } = await ask(loans(), answering(borrowed('')));
  assert.equal(status, 200);
  assert.match(payload, /^<c:ListLoansResponse [^>]*><\/c:ListLoansResponse>$/);
  assert.equal(record?.outcome, 'answered');
});

const good = answering(borrowed(loan));
const refusals: readonly [string, string, () => ReturnType<typeof ask>][] = [
  ['a question that breaks the schema', '10001', () => ask(loans('1'), good)],
  ['a sender without a grant', '13001', () => ask(loans(), good, { granted: false })],
  ['a number that cannot exist', '20002', () => ask(loans('74651210491'), good)],
  [
    'a subject on whom there is no file',
    '40003',
    () => ask(loans(), good, { parts: { isRegistered: async () => false } }),
  ],
  ['an answer of which nothing may be seen', '15021', () => ask(loans(), good, { held: showing('count') })],
  ['a source that is not there', '99997', () => ask(loans(), failing('99997'))],
  [
    'a SOAP fault of the source',
    '99994',
    () =>
      ask(
        loans(),
        sending(
          500,
          envelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>geheim</faultstring></s:Fault>'),
        ),
      ),
  ],
  ['another element than the contract has', '60007', () => ask(loans(), answering(price))],
  ['an answer that breaks the schema', '60007', () => ask(loans(), answering(borrowed('<c:geheim/>')))],
  [
    'an answer about somebody else',
    '60007',
    () => ask(loans(), answering(borrowed(`<c:number>${OTHER}</c:number>`))),
  ],
];

for (const [what, code, happen] of refusals) {
  test(`tells of ${what} in a SOAP fault with ${code}`, async () => {
    const { status, payload, text, record } = await happen();
    assert.equal(status, 500);
    assert.match(payload, new RegExp(`^<soap:Fault [^>]*>.*<faultstring>${code} - [^<]+</faultstring>`));
    assert.ok(payload.includes(`<uitwisseling>${record?.id}</uitwisseling>`));
    assert.doesNotMatch(text, /geheim|Repliek/);
    assert.deepEqual([record?.outcome, record?.code], ['refused', code]);
  });
}

test('refuses a source of another kind, which cannot speak the contract', async () => {
  const sourceOf: Parts['sourceOf'] = (name) => ({
    ...{ name, url: 'http://192.0.2.1/', deadline: 1000, maxBytes: 1000 },
    ...{ kind: 'rest', signature: 'none', retries: 0, breaker: 0, pause: 1000 },
  });
  const { record } = await ask(quote, sending(200, '{}'), { parts: { sourceOf } });
  assert.deepEqual([record?.code, record?.level], ['60011', 3]);
});
