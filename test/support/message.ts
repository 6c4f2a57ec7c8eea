import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromJson } from '../../src/contract/json-markup.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import { type DemoPerson, demoPersons } from '../../src/demo/people.ts';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { ElementModel } from '../../src/exchange/contract.ts';
import type { Proven } from '../../src/exchange/element.ts';
import type {
  Authorised,
  Bounded,
  Door,
  Fresh,
  Notice,
  Parsed,
  Permitted,
  Received,
  Translated,
} from '../../src/exchange/message.ts';
import type { Grant, Party } from '../../src/exchange/party.ts';
import { unlimited } from '../../src/exchange/party.ts';
import type { Service } from '../../src/exchange/service.ts';
import type { Enquiry } from '../../src/exchange/source.ts';
import { parse } from '../../src/stages/parse.ts';
import { route } from '../../src/stages/route.ts';
import { routes } from '../../src/stages/routes.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { type Markup, write } from '../../src/xml/write.ts';

/** GeefPersoon questions and what a message is on its journey, made without keys. */

/** The moment at which these messages live. */
export const AT = new Date('2026-03-02T10:00:00.000Z');

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const loaded = new Map<string, Service>();

/** A service of the repository's own. It is loaded by itself: all of them take half a second, in each test file. */
export function serviceNamed(name: string): Service {
  const known = loaded.get(name);
  if (known) return known;
  const { services, problems } = loadServices(globSync(folder(`wsdl/*/${name}-*`)), [folder('xsd')]);
  const found = services[0];
  if (!found) throw new Error(`no service ${name}: ${problems.map(({ message }) => message).join('; ')}`);
  loaded.set(name, found);
  return found;
}

/** The repository's own service. */
export const service: Service = serviceNamed('GeefPersoon');
const [first] = service.contract.operations;
if (!first?.response) throw new Error('GeefPersoon has no answer');
export const operation = first;
export const response = first.response;

export const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';
export const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';

export type Wording = {
  readonly name: string;
  readonly version: string;
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly gebruiker: string | null;
  readonly reference: string;
  readonly questionReference: string;
  readonly insz: string;
  readonly bron: string;
  readonly taal: string;
};

export const INSZ = '74651210490';

export const wording: Wording = {
  name: 'GeefPersoon',
  version: '02.02.0000',
  uri: 'stad.example/burgerzaken',
  hoedanigheid: '6001',
  gebruiker: null,
  reference: 'referte-van-de-afnemer',
  questionReference: 'referte-van-de-vraag',
  insz: INSZ,
  bron: 'RR',
  taal: 'nl',
};

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const optional = (name: string, value: string | null) =>
  value === null ? '' : `<${name}>${escaped(value)}</${name}>`;

/** The Body's child of a question. */
export function questionXml(changes: Partial<Wording> = {}): string {
  const w = { ...wording, ...changes };
  return (
    `<g:GeefPersoon xmlns:g="${operation.request.namespace}"><Verzoek><Context><Naam>${w.name}</Naam>` +
    `<Versie>${w.version}</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>` +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${escaped(w.uri)}</Identificatie>` +
    `<Referte>${escaped(w.reference)}</Referte>${optional('Hoedanigheid', w.hoedanigheid)}` +
    `${optional('Gebruiker', w.gebruiker)}</Afzender></Bericht></Context><Vragen><Vraag>` +
    `<Referte>${escaped(w.questionReference)}</Referte><Inhoud><Criteria><INSZ>${w.insz}</INSZ></Criteria>` +
    `<Bron>${w.bron}</Bron><Taal>${w.taal}</Taal></Inhoud></Vraag></Vragen></Verzoek></g:GeefPersoon>`
  );
}

export const envelope = (body: string, soap = SOAP11) =>
  `<s:Envelope xmlns:s="${soap}"><s:Body>${body}</s:Body></s:Envelope>`;

export const door: Door = {
  remoteAddress: '192.0.2.7',
  connection: null,
  mediaType: 'text/xml',
  charset: 'utf-8',
  soapAction: '',
  endpoint: null,
  problem: null,
};

/** Bytes at the door, with nothing done to them. */
export const receive = (raw: string | Uint8Array, at: Partial<Door> = {}, when = AT): Received => ({
  id: randomUUID(),
  at: when,
  raw: typeof raw === 'string' ? Buffer.from(raw) : raw,
  door: { ...door, ...at },
  ending: [],
});

export const dispose = ({ ending }: Pick<Received, 'ending'>) => {
  for (const resource of ending) resource.dispose();
};

export const party: Party = {
  id: 7,
  name: 'Stad Voorbeeld',
  cbeNumber: '0999990420',
  profile: 'strict',
  profileUntil: null,
  identities: [
    { uri: wording.uri, hoedanigheid: wording.hoedanigheid },
    { uri: wording.uri, hoedanigheid: null },
  ],
};

export const grant: Grant = {
  id: 31,
  partyId: party.id,
  uri: wording.uri,
  hoedanigheid: null,
  service: 'GeefPersoon',
  version: '02.02',
  legalBasis: 'Voorbeelddecreet, artikel 1',
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validUntil: null,
  visible: ['**'],
  ...unlimited,
};

/** A message as `route` leaves it, where nothing in it is encrypted. */
export function parsed(received: Received, services: readonly Service[] = [service]): Parsed {
  const found = route(routes(services))({ ...parse(received), opened: true }, new AbortController().signal);
  if (found instanceof Promise) throw new Error('route does not wait');
  return found;
}

/** A message as `refuseReplay` leaves it. The signature is taken on trust: what is tested with it comes after. */
export function verified(changes: Partial<Wording> = {}, at = AT): Fresh {
  const message = parsed(receive(envelope(questionXml(changes)), {}, at));
  const certificate = { subject: 'CN=afnemer', issuer: 'CN=CA', serialNumber: '01', fingerprint: 'ab' };
  const signer = { certificate, party, profile: 'strict', recipient: null } as const;
  const imprint = { key: 'A'.repeat(43), until: null };
  return { ...message, valid: true, question: message.unproven as Proven, signer, imprint, fresh: true };
}

export function authorised(changes: Partial<Wording> = {}, at = AT): Authorised {
  const message = verified(changes, at);
  return { ...message, sender: dialectOf(service.rules).readSender(message.question), grant, answerTo: null };
}

/** A message as `checkPeriod` leaves it, about the person that it names. */
export function bounded(changes: Partial<Wording> = {}): Bounded {
  const message = authorised(changes);
  const { content } = dialectOf(service.rules).readQuestion(message.question);
  const subjects = [{ kind: 'person', number: changes.insz ?? INSZ }] as const;
  return { ...message, subjects, population: null, content, cautions: [] };
}

/** A message as `checkWritten` leaves it. */
export const permitted = (changes: Partial<Wording> = {}): Permitted => ({
  ...bounded(changes),
  permitted: true,
});

/** The question as a source is asked it. */
export const enquiry = (changes: Partial<Wording> = {}): Enquiry => ({
  ...bounded(changes),
  subjects: [{ kind: 'person', number: INSZ }],
});

/** What may stand in an Antwoord of the service. */
export function contentModel(): ElementModel {
  const around = service.contract.model(response);
  const found = around && dialectOf(service.rules).answerModel(around);
  const model = found?.children.find(({ name }) => name === service.rules.filtered);
  if (!model) throw new Error('GeefPersoon declares no Inhoud');
  return model;
}

export const persons: readonly DemoPerson[] = demoPersons();

export function personImage(insz = INSZ): Record<string, unknown> {
  const image = persons.find((person) => person.insz === insz)?.person;
  if (!image) throw new Error(`no demo person ${insz}`);
  return image;
}

export const contentOf = (image: Record<string, unknown>): Markup =>
  fromJson(contentModel(), { Persoon: image });

/** A message as `answer` leaves it, with an Inhoud of its own. */
export function answered(
  content: Markup | null,
  visible: readonly string[] = ['**'],
  notices: readonly Notice[] = [],
): Translated {
  const message = permitted();
  const tree = content && parseTree(Buffer.from(write(content)));
  if (tree) message.ending.push(tree);
  return {
    ...message,
    grant: { ...grant, visible },
    answer: { content: tree?.root ?? null, notices },
    asked: [{ source: 'rijksregister', ms: 1, outcome: 'answered' }],
    untranslated: [],
  };
}

export const notice = (changes: Partial<Notice> = {}): Notice => ({
  number: '30004',
  origin: 'RR',
  type: 'WAARSCHUWING',
  text: 'De persoon heeft een nieuw INSZ.',
  circumstance: null,
  annotations: [],
  references: [],
  ...changes,
});
