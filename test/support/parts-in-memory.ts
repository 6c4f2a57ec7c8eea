import { randomUUID } from 'node:crypto';
import { demoCodeTables } from '../../src/demo/code-tables.ts';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import { type CodesOf, codesIn } from '../../src/exchange/code-table.ts';
import type { Door, Notice } from '../../src/exchange/message.ts';
import { Refusal, type RefusalCode } from '../../src/exchange/refusal.ts';
import type { Source } from '../../src/exchange/source.ts';
import { journey, type Parts } from '../../src/journey.ts';
import { askRest } from '../../src/sources/ask-rest.ts';
import { askSoap } from '../../src/sources/ask-soap.ts';
import type { Call, Connect } from '../../src/sources/connect.ts';
import { routes } from '../../src/stages/routes.ts';
import { createOpener } from '../../src/wss/decrypt.ts';
import { createSigner } from '../../src/wss/sign.ts';
import { createSealer } from '../../src/wss/sign-and-encrypt.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { type SoapVersion, soap } from '../../src/xml/names.ts';
import { element, type Markup, write } from '../../src/xml/write.ts';
import { issue, makeAuthority, type TestCertificate } from './certificates.ts';
import { stoppedClock } from './clock.ts';
import {
  AT,
  contentOf,
  grant,
  party,
  personImage,
  questionXml,
  receive,
  response,
  service,
  type Wording,
} from './message.ts';
import { type Draft, signed } from './signed-message.ts';

/** All parts of a journey, in memory: real contract and signatures, registers that are values, sources that are functions. */

export const authority = await makeAuthority('Voorbeeld CA', undefined, { kind: 'p-256' });
/** Registered to the party of `message.ts`. Its key is RSA, which the drafts of signed messages reckon with. */
export const afnemer: TestCertificate = await issue(authority, 'afnemer');
/** Trusted, and registered to nobody. */
export const stranger: TestCertificate = await issue(authority, 'vreemde');
const bus = await issue(authority, 'bus', { kind: 'p-256' });
export const busSubject = bus.subject;
export const trust = createTrust({ authorities: [authority.certificate] });
const material = {
  privateKey: bus.privateKey,
  certificate: bus.certificate,
  clock: stoppedClock(AT),
  randomId: randomUUID,
};
export const signer = createSigner(material);
const sealer = createSealer(material);

export const source: Source = {
  name: 'rijksregister',
  kind: 'soap',
  url: 'http://192.0.2.1/',
  deadline: 1000,
  maxBytes: 4_000_000,
  retries: 1,
  breaker: 3,
  pause: 1000,
  signature: 'none',
};

/** The demo world's tables. */
export const codesOf: CodesOf = (name, source) => {
  const table = demoCodeTables.find((each) => each.name === name && each.source === source);
  return table ? codesIn(table) : null;
};

export const signedQuestion = (
  changes: Partial<Wording> = {},
  draft: Partial<Draft> = {},
  by: TestCertificate = afnemer,
) => signed(by, { body: questionXml(changes), ...draft });

export type Said = {
  readonly content: Markup | null;
  readonly notices: readonly Notice[];
  readonly level2: readonly Notice[];
  /** Whose question is answered; null: the one that was asked. */
  readonly reference: string | null;
};

/** What a source sends that was asked under this reference. */
export function sourceReply(asked: string, changes: Partial<Said> = {}): Buffer {
  const said = { content: null, notices: [], level2: [], reference: null, ...changes };
  const reference = said.reference ?? asked;
  const { rules } = service;
  const payload = dialectOf(rules).writeReply({
    response: { ...response, prefix: 'rr' },
    name: rules.name,
    version: rules.version,
    at: AT,
    speaker: 'rijksregister.example',
    reference: 'rr-1',
    sender: { uri: 'vip.vlaanderen.be', hoedanigheid: null, reference, endUser: null },
    answer: said.level2.length > 0 ? null : { reference, content: said.content, notices: said.notices },
    notices: said.level2,
  });
  const name = soap('1.1');
  return Buffer.from(write(element(name('Envelope'), [element(name('Body'), [payload])])));
}

/** The reference under which the bus asks. */
export const referenceIn = ({ body }: Call): string =>
  /<Referte>([^<]*)/.exec(Buffer.from(body ?? []).toString('utf8'))?.[1] ?? '';

/** The person that the question is about, as the bus asks for them. */
const numberIn = ({ body }: Call): string =>
  /<INSZ>(\d+)/.exec(Buffer.from(body ?? []).toString('utf8'))?.[1] ?? '';

/** A source that knows the demo persons. */
export const knowing: Connect = async (_source, call) => ({
  status: 200,
  body: sourceReply(referenceIn(call), { content: contentOf(personImage(numberIn(call))) }),
});

export const saying =
  (changes: Partial<Said>): Connect =>
  async (_source, call) => ({ status: 200, body: sourceReply(referenceIn(call), changes) });

export const sending =
  (status: number, body: string): Connect =>
  async () => ({ status, body: Buffer.from(body) });

/** A connection that fails in one of the ways that `sources/connect.ts` names. */
export const failing =
  (code: RefusalCode): Connect =>
  async () => {
    throw new Refusal(code, 'the connection failed');
  };

export type World = {
  readonly parts: Parts;
  readonly records: ExchangeRecord[];
  readonly faults: unknown[];
  readonly lax: string[];
  readonly calls: Call[];
};

export function partsInMemory(connect: Connect = knowing, changes: Partial<Parts> = {}): World {
  const world = { records: [] as ExchangeRecord[], faults: [] as unknown[], lax: [] as string[] };
  const calls: Call[] = [];
  const listening: Connect = (to, call, signal) => {
    calls.push(call);
    return connect(to, call, signal);
  };
  const envelop = async (payload: Markup, signature: Source['signature'], version: SoapVersion) => {
    if (signature === 'strict') return signer.sign([payload], version);
    const name = soap(version);
    return Buffer.from(write(element(name('Envelope'), [element(name('Body'), [payload])])));
  };
  const speaker = 'vip.vlaanderen.be';
  const seen = new Map<string, string>();
  const parts: Parts = {
    ...routes([service]),
    trust,
    learn: async () => {},
    partyOf: (subject) => (subject === afnemer.subject ? party : null),
    onLaxProfile: (_party, profile) => world.lax.push(profile),
    grantFor: ({ partyId, uri, service, version }) =>
      partyId === grant.partyId && uri === grant.uri && service === grant.service && version === grant.version
        ? grant
        : null,
    admits: () => true,
    isCurrent: () => true,
    remember: async (key, exchangeId) => {
      const before = seen.get(key) ?? null;
      if (before === null) seen.set(key, exchangeId);
      return before;
    },
    isRegistered: async () => true,
    codesOf,
    referencesTo: async () => [],
    isInPopulation: async () => true,
    registeredDays: async () => [{ begin: null, end: null }],
    takeTurn: async () => true,
    compute: new Map(),
    sourceOf: (name) => ({ ...source, name, kind: name === 'ksz' ? 'rest' : 'soap' }),
    ask: {
      soap: askSoap({ connect: listening, envelop, speaker, organisation: '0999990321' }),
      rest: askRest({ connect: listening }),
    },
    speaker,
    clock: stoppedClock(AT),
    open: createOpener([]).open,
    seal: sealer.seal,
    sealFault: (fault, version, to) => sealer.seal([fault], version, to),
    untilBeat: async () => {},
    onFault: (error) => world.faults.push(error),
    record: async (exchange) => void world.records.push(exchange),
    ...changes,
  };
  return { parts, ...world, calls };
}

/** One message through one world. */
export async function travel(parts: Parts, raw: string | Uint8Array, at: Partial<Door> = {}) {
  const outcome = await journey(parts)(receive(raw, at), new AbortController().signal);
  return { ...outcome, text: Buffer.from(outcome.bytes).toString('utf8') };
}
