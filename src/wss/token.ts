import type { KeyObject } from 'node:crypto';
import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import { tokenTypes } from './algorithms.ts';
import { parts, readOne } from './der.ts';
import { failed } from './failed.ts';
import { base64, exactly } from './signature.ts';

/** The certificates a signature brings along, signer's first, DER; nothing is said of their worth. */
export type Token = {
  readonly chain: readonly Buffer[];
  readonly pkiPath: boolean;
  /** The BinarySecurityToken and the id by which it was found; null when the certificate is in KeyInfo itself. */
  readonly binary: { readonly element: Element; readonly id: string } | null;
};

// Five certificates of 4 KB in base64.
const MAX_TOKEN = 30_000;

/**
 * Reads the one way in which `keyInfo` names its certificate: a reference to the only BinarySecurityToken of `security`
 * (X.509 token profile 1.1 §3.2.2), or an X509Data. A key given as a bare value is never used.
 *
 * @throws Refusal ERR_025
 */
export function readToken(keyInfo: Element, security: Element): Token {
  const only = onlyChild(keyInfo);
  const said = is(only, 'SecurityTokenReference', namespaces.wsse) ? onlyChild(only) : only;
  if (is(said, 'X509Data', namespaces.ds)) return { chain: readX509Data(said), pkiPath: false, binary: null };
  if (!is(said, 'Reference', namespaces.wsse)) throw failed(`KeyInfo with ${said.name} is not supported`);
  const tokens = security.children.filter((child) => is(child, 'BinarySecurityToken', namespaces.wsse));
  const [token] = tokens;
  if (!token || tokens.length > 1) throw failed(`${tokens.length} BinarySecurityTokens in Security`);
  const id = token.attribute('Id', namespaces.wsu);
  const uri = said.attribute('URI');
  if (id === null || uri !== `#${id}`) throw failed(`KeyInfo refers to ${uri}, the token is ${id}`);
  return { ...readBinary(token, said.attribute('ValueType')), binary: { element: token, id } };
}

/** For a bare signature, which has no Security: KeyInfo with X509Data, and perhaps a KeyValue that says the same. */
export function readBareToken(keyInfo: Element): { token: Token; keyValue: Element | null } {
  const data = keyInfo.children.filter((child) => is(child, 'X509Data', namespaces.ds));
  const values = keyInfo.children.filter((child) => is(child, 'KeyValue', namespaces.ds));
  const [x509] = data;
  if (!x509 || data.length > 1 || values.length > 1 || data.length + values.length < keyInfo.children.length)
    throw failed('KeyInfo of a bare signature is not one X509Data with at most one KeyValue');
  return { token: { chain: readX509Data(x509), pkiPath: false, binary: null }, keyValue: values[0] ?? null };
}

/** A KeyValue says nothing that counts, but one that contradicts the certificate is a trap for some reader. */
export function assertSameKey(keyValue: Element, key: KeyObject): void {
  const [said] = exactly(keyValue, ['RSAKeyValue']);
  const values = exactly(said, ['Modulus', 'Exponent']).map((part) => base64(part).toString('base64url'));
  const { n, e } = key.export({ format: 'jwk' });
  if (values[0] !== n || values[1] !== e) throw failed('KeyValue contradicts the certificate beside it');
}

function readBinary(token: Element, expected: string | null): { chain: Buffer[]; pkiPath: boolean } {
  const type = token.attribute('ValueType');
  if (expected !== null && expected !== type) throw failed(`reference expects ${expected}, token is ${type}`);
  const encoding = token.attribute('EncodingType');
  if (encoding !== null && encoding !== tokenTypes.base64) throw failed(`token encoding ${encoding}`);
  if (type === tokenTypes.x509) return { chain: [bytesOf(token)], pkiPath: false };
  if (type === tokenTypes.pkiPath) return { chain: readPkiPath(bytesOf(token)), pkiPath: true };
  throw failed(`token type ${JSON.stringify(type)} is not supported`);
}

/** X.509 §7: from the one nearest to the trust anchor to the signer's. */
function readPkiPath(bytes: Buffer): Buffer[] {
  try {
    return parts(readOne(bytes))
      .map((certificate) => certificate.whole)
      .reverse();
  } catch (cause) {
    throw failed('token is no PKIPath', cause);
  }
}

// X509IssuerSerial, X509SubjectName and X509SKI beside a certificate only say again what is in it.
const readX509Data = (data: Element): Buffer[] =>
  data.children.filter((child) => is(child, 'X509Certificate', namespaces.ds)).map(bytesOf);

function bytesOf(element: Element): Buffer {
  if (element.text.length > MAX_TOKEN) throw failed(`${element.name} of ${element.text.length} characters`);
  return base64(element);
}

function onlyChild(element: Element): Element {
  const [only, ...rest] = element.children;
  if (!only || rest.length > 0)
    throw failed(`${element.name} holds ${rest.length + (only ? 1 : 0)} elements`);
  return only;
}

const is = (element: Element, name: string, namespace: string) =>
  element.name === name && element.namespace === namespace;
