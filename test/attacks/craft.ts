import { randomUUID } from 'node:crypto';
import type { TestCertificate } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import type { Cast, Signing } from './cast.ts';

/** Makes questions about persons of the demo world, each with ids, moments, references and a signature of its own. */
export type Craft = {
  readonly version: '1.1' | '1.2';
  readonly soap: string;
  /** The attribute that says for whom a header block is. */
  readonly role: 'actor' | 'role';
  readonly cast: Cast;
  /** Addresses that nobody may ever ask, and a file that nobody may ever read. */
  readonly canary: { readonly url: string; readonly file: string };
  readonly question: (changes?: Partial<Asked>) => string;
  readonly timestamp: (from: number, until: number, id?: string) => string;
  readonly signed: (changes?: Changes, by?: TestCertificate) => string;
  /** With the certificates in X509Data. */
  readonly signedBy: (signing: Signing, signatureMethod?: string) => string;
  /** Fills in digests and signature of a text that was rearranged. */
  readonly seal: (draft: Changes, rearrange: (text: string) => string) => string;
  readonly draft: (changes?: Changes) => m.Draft;
};

export type Changes = Partial<m.Draft>;

export type Asked = {
  readonly name: string;
  readonly version: string;
  readonly insz: string;
  readonly uri: string;
  readonly hoedanigheid: string;
  readonly reference: string;
  readonly inside: string;
};

const NAMESPACE = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';
const SOAP = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
export const INSZ = '74651210490';
/** Whom the attacker would rather ask about. */
export const OTHER = '85630100195';

export function question(changes: Partial<Asked> = {}): string {
  const asked: Asked = {
    name: 'GeefPersoon',
    version: '02.02.0000',
    insz: INSZ,
    uri: 'afnemer.example/verwerker/ipdc6001-aip',
    hoedanigheid: '6001',
    reference: randomUUID(),
    inside: '',
    ...changes,
  };
  return (
    `<g:GeefPersoon xmlns:g="${NAMESPACE}"><Verzoek><Context><Naam>${asked.name}</Naam>` +
    `<Versie>${asked.version}</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>` +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${asked.uri}</Identificatie>` +
    `<Referte>${asked.reference}</Referte><Hoedanigheid>${asked.hoedanigheid}</Hoedanigheid></Afzender>` +
    `</Bericht></Context><Vragen><Vraag><Referte>${randomUUID()}</Referte><Inhoud>` +
    `<Criteria><INSZ>${asked.insz}</INSZ></Criteria><Bron>KSZ</Bron><Taal>nl</Taal>${asked.inside}` +
    '</Inhoud></Vraag></Vragen></Verzoek></g:GeefPersoon>'
  );
}

/**
 * @param now real time: the program that judges has no other
 * @param written how the signer writes; what is signed is what comes out
 */
export function craftOf(
  version: Craft['version'],
  cast: Cast,
  canary: Craft['canary'],
  now: () => Date,
  written = (text: string) => text,
): Craft {
  const timestamp = (from: number, until: number, id = 'TS') => {
    const moment = (seconds: number) => new Date(now().getTime() + seconds * 1000).toISOString();
    return m.timestamp(moment(from), moment(until), id);
  };
  const draft = (changes: Changes = {}, by: TestCertificate = cast.parties.afnemer) =>
    m.draft(by, { soap: SOAP[version], timestamp: timestamp(0, 300), body: question(), ...changes });
  const make = (changes: Changes, by: TestCertificate, rearrange = (text: string) => text) =>
    m.seal(withIds(rearrange(written(m.textOf(draft(changes, by))))), by);
  return {
    version,
    soap: SOAP[version],
    role: version === '1.1' ? 'actor' : 'role',
    cast,
    canary,
    question,
    timestamp,
    draft,
    signed: (changes = {}, by = cast.parties.afnemer) => make(changes, by),
    signedBy: ({ by, along }, signatureMethod = `${m.MORE}rsa-sha256`) =>
      make({ token: '', keyInfo: x509Data([by, ...along]), signatureMethod }, by),
    seal: (changes, rearrange) => make(changes, cast.parties.afnemer, rearrange),
  };
}

export const x509Data = (certificates: readonly TestCertificate[]) =>
  `<ds:X509Data>${certificates
    .map(({ certificate }) => `<ds:X509Certificate>${m.derOf(certificate)}</ds:X509Certificate>`)
    .join('')}</ds:X509Data>`;

/** Ids that no other message has. */
function withIds(text: string): string {
  const end = randomUUID().slice(0, 8);
  return text.replaceAll(/(?<=["#/])(?:BODY|TS|X509|SIG)(?=")/g, (id) => `${id}-${end}`);
}

/** What a pattern finds in a text; a mistake of the test where it finds nothing. */
export function cut(text: string, pattern: RegExp): string {
  const [found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`${pattern} is not in the message`);
  return found;
}

export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${from} is not in the message`);
  return text.replace(from, () => to);
}

export const BODY = /<s:Body [\s\S]*<\/s:Body>/;
export const TIMESTAMP = /<wsu:Timestamp[\s\S]*<\/wsu:Timestamp>/;
export const SIGNED_INFO = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/;

/** A block that nobody knows, in front of Security. */
export const withBlock =
  (content: string, attributes = '') =>
  (parts: m.Draft): string =>
    `<x:Block xmlns:x="urn:x" ${attributes}>${content}</x:Block>` +
    `<wsse:Security ${parts.securityAttributes}>${parts.security(parts)}</wsse:Security>`;
