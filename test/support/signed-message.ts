import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { Element } from '../../src/exchange/element.ts';
import type { Envelope } from '../../src/exchange/message.ts';
import { toUtf8 } from '../../src/xml/encoding.ts';
import { readEnvelope } from '../../src/xml/envelope.ts';
import { checkLimits, messageLimits } from '../../src/xml/limits.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { NOW, type TestCertificate } from './certificates.ts';

/**
 * Messages signed by hand, so that each can depart from a good one in a single respect and still carry a fresh
 * signature. A draft is the text in pieces; `seal` fills in what it left open: @D1@, @D2@… for the digests of the
 * references in their order, @S@ for the signature's value.
 */
export type Draft = {
  readonly soap: string;
  readonly envelopeAttributes: string;
  readonly securityAttributes: string;
  readonly timestamp: string;
  readonly token: string;
  readonly references: string;
  readonly canonicalization: string;
  readonly signatureMethod: string;
  readonly keyInfo: string;
  readonly bodyAttributes: string;
  readonly body: string;
  /** Rearranges the pieces; the usual order when left alone. */
  readonly security: (draft: Draft) => string;
  readonly header: (draft: Draft) => string;
};

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const INCLUSIVE = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
export const ENVELOPED = `${DSIG}enveloped-signature`;
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
export const X509V3 = `${OASIS}-x509-token-profile-1.0#X509v3`;
export const PKI_PATH = `${OASIS}-x509-token-profile-1.0#X509PKIPathv1`;

export const transform = (algorithm: string, content = '') =>
  `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;

export const reference = (
  uri: string,
  index: number,
  transforms = transform(EXCLUSIVE),
  digestMethod = SHA256,
) =>
  `<ds:Reference URI="${uri}"><ds:Transforms>${transforms}</ds:Transforms>` +
  `<ds:DigestMethod Algorithm="${digestMethod}"/><ds:DigestValue>@D${index}@</ds:DigestValue></ds:Reference>`;

export const timestamp = (created: string, expires: string, id = 'TS') =>
  `<wsu:Timestamp wsu:Id="${id}"><wsu:Created>${created}</wsu:Created><wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`;

export const moment = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();

export const tokenOf = (base64: string, type = X509V3, id = 'X509') =>
  `<wsse:BinarySecurityToken EncodingType="${OASIS}-soap-message-security-1.0#Base64Binary" ` +
  `ValueType="${type}" wsu:Id="${id}">${base64}</wsse:BinarySecurityToken>`;

export const derOf = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, '');

export const signatureOf = (draft: Draft) =>
  `<ds:Signature Id="SIG"><ds:SignedInfo>${draft.canonicalization}` +
  `<ds:SignatureMethod Algorithm="${draft.signatureMethod}"/>${draft.references}</ds:SignedInfo>` +
  `<ds:SignatureValue>@S@</ds:SignatureValue><ds:KeyInfo>${draft.keyInfo}</ds:KeyInfo></ds:Signature>`;

export const QUESTION =
  '<q:Vraag xmlns:q="urn:vraag"><q:INSZ>85630100195</q:INSZ><q:Reden>dossier</q:Reden></q:Vraag>';

/** A good message by the holder of `certificate`, in pieces. */
export function draft({ certificate }: TestCertificate, changes: Partial<Draft> = {}): Draft {
  return {
    soap: SOAP11,
    envelopeAttributes: '',
    securityAttributes: 's:mustUnderstand="1"',
    timestamp: timestamp(moment(0), moment(300)),
    token: tokenOf(derOf(certificate)),
    references: reference('#BODY', 1) + reference('#TS', 2),
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>`,
    signatureMethod: `${MORE}rsa-sha256`,
    keyInfo: `<wsse:SecurityTokenReference><wsse:Reference URI="#X509" ValueType="${X509V3}"/></wsse:SecurityTokenReference>`,
    bodyAttributes: 'wsu:Id="BODY"',
    body: QUESTION,
    security: (parts) => parts.timestamp + parts.token + signatureOf(parts),
    header: (parts) => `<wsse:Security ${parts.securityAttributes}>${parts.security(parts)}</wsse:Security>`,
    ...changes,
  };
}

/** The envelope, what is left open not filled in. */
export function textOf(parts: Draft): string {
  return (
    `<s:Envelope xmlns:s="${parts.soap}" xmlns:wsse="${OASIS}-wssecurity-secext-1.0.xsd" ` +
    `xmlns:wsu="${OASIS}-wssecurity-utility-1.0.xsd" xmlns:ds="${DSIG}" ${parts.envelopeAttributes}>` +
    `<s:Header>${parts.header(parts)}</s:Header>` +
    `<s:Body ${parts.bodyAttributes}>${parts.body}</s:Body></s:Envelope>`
  );
}

/** Fills in digests and signature with the first element that carries each id, as a careless signer would. */
export function seal(text: string, { privateKey }: TestCertificate): string {
  const tree = parseTree(Buffer.from(text));
  let filled = text;
  const info = find(tree.root, (element) => element.name === 'SignedInfo');
  const references = info?.children.filter((child) => child.name === 'Reference') ?? [];
  references.forEach((each, index) => {
    const id = each.attribute('URI')?.slice(1) ?? '';
    const target = find(tree.root, (element) =>
      element.attributes.some(({ name, value }) => name === 'Id' && value === id),
    );
    const how = each.children[0]?.children.at(-1) ?? null;
    const digest = target
      ? createHash(hashOf(each)).update(canonicalOf(target, how)).digest('base64')
      : 'AAAA';
    filled = filled.replaceAll(`@D${index + 1}@`, digest);
  });
  tree.dispose();
  const second = parseTree(Buffer.from(filled));
  const signedInfo = find(second.root, (element) => element.name === 'SignedInfo');
  if (!signedInfo) throw new Error('no SignedInfo to sign');
  const method =
    find(signedInfo, (element) => element.name === 'SignatureMethod')?.attribute('Algorithm') ?? '';
  const bytes = canonicalOf(signedInfo, signedInfo.children[0] ?? null);
  const hash = /sha(1|256|384|512)/.exec(method)?.[0] ?? 'sha256';
  const key = { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' } as const;
  const value = sign(hash, bytes, key).toString('base64');
  second.dispose();
  return filled.replaceAll('@S@', value);
}

export const signed = (by: TestCertificate, changes: Partial<Draft> = {}) =>
  seal(textOf(draft(by, changes)), by);

/** What the bus does with a message before it looks at its signature. */
export function received(message: string | Uint8Array): { envelope: Envelope; dispose: () => void } {
  const bytes = toUtf8(typeof message === 'string' ? Buffer.from(message) : message, null);
  const census = checkLimits(bytes, messageLimits);
  const { root, dispose } = parseTree(bytes);
  return { envelope: readEnvelope(root, census), dispose };
}

function find(from: Element, fits: (element: Element) => boolean): Element | null {
  if (fits(from)) return from;
  for (const child of from.children) {
    const found = find(child, fits);
    if (found) return found;
  }
  return null;
}

function canonicalOf(element: Element, how: Element | null): Uint8Array {
  if (how?.attribute('Algorithm') === INCLUSIVE) return element.canonicalInclusive();
  const list = how?.children[0]?.attribute('PrefixList')?.split(' ') ?? [];
  return element.canonical(
    list.filter((each) => each !== '').map((each) => (each === '#default' ? '' : each)),
  );
}

function hashOf(element: Element): string {
  const algorithm = element.children[1]?.attribute('Algorithm') ?? '';
  return /sha(1|256|384|512)$/.exec(algorithm)?.[0] ?? 'sha256';
}
