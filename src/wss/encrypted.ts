import type { X509Certificate } from 'node:crypto';
import type { Element } from '../exchange/element.ts';
import type { Envelope } from '../exchange/message.ts';
import { readPayload } from '../xml/envelope.ts';
import { countEncrypted } from '../xml/hazards.ts';
import { namespaces } from '../xml/names.ts';
import {
  algorithms,
  digestMethods,
  encryption,
  keyNames,
  maskGenerations,
  tokenTypes,
} from './algorithms.ts';
import { failed } from './failed.ts';
import { blocks } from './place.ts';
import { thumbprintOf } from './recipient.ts';
import { base64 } from './signature.ts';

/** What a message says of its encrypted Body: read from what anybody can read, nothing of it decrypted yet. */
export type Encrypted = {
  readonly isFor: (certificate: X509Certificate) => boolean;
  /** Of RSA-OAEP, for its digest and its mask both. */
  readonly hash: string;
  /** The key, encrypted to that certificate. */
  readonly wrapped: Buffer;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

const isXenc = ({ namespace }: Element) => namespace === namespaces.xenc;

/** Whether anything that can be decrypted stands where some reader would look for it. */
export function isEncrypted({ header, body }: Envelope): boolean {
  if (holdsEncrypted(body)) return true;
  if (header === null) return false;
  return holdsEncrypted(header) || blocks(header, 'Security', namespaces.wsse).some(holdsEncrypted);
}

const holdsEncrypted = ({ children }: Element) =>
  children.some((child) => isXenc(child) || isEncryptedHeader(child));

const isEncryptedHeader = ({ name, namespace }: Element) =>
  name === 'EncryptedHeader' && namespace === namespaces.wsse11;

/**
 * Reads the one way in which a message may be encrypted (WS-Security 1.1 §9): the content of the Body under one key,
 * which stands in wsse:Security, encrypted to one certificate. No cryptography happens here, and all that can go wrong is
 * to be seen from outside.
 *
 * @throws Refusal ERR_025
 */
export function readEncrypted(envelope: Envelope): Encrypted {
  const { header, root } = envelope;
  const count = countEncrypted(root);
  if (count !== 2) throw failed(`${count} elements of XML Encryption where one key and one content belong`);
  const [security, ...others] = blocks(header, 'Security', namespaces.wsse);
  if (!security || others.length > 0) throw failed('not one Security header beside what is encrypted');
  const [key, ...more] = security.children.filter(isXenc);
  if (key?.name !== 'EncryptedKey' || more.length > 0)
    throw failed('wsse:Security does not hold one EncryptedKey and nothing else of XML Encryption');
  const data = readPayload(envelope);
  if (!is(data, 'EncryptedData', namespaces.xenc))
    throw failed(`the Body holds ${data.name}, no EncryptedData`);
  const { isFor, hash, wrapped } = readKey(key, data);
  return { isFor, hash, wrapped, ...readData(data, key) };
}

/** The key, which must say that it is that of the data. */
function readKey(key: Element, data: Element): Pick<Encrypted, 'isFor' | 'hash' | 'wrapped'> {
  const { method, keyInfo, cipher, references } = partsOf(key);
  if (!keyInfo || !references) throw failed('EncryptedKey does not say whose it is, or for what');
  const [reference, ...others] = references.children;
  const id = data.attribute('Id');
  if (!reference || others.length > 0 || !is(reference, 'DataReference', namespaces.xenc) || id === null)
    throw failed('EncryptedKey is not for one EncryptedData');
  if (!refersTo(reference, id))
    throw failed('EncryptedKey is for something else than the EncryptedData of the Body');
  return { isFor: readOwner(keyInfo), hash: readOaep(method), wrapped: base64(cipher) };
}

function readData(data: Element, key: Element): Pick<Encrypted, 'iv' | 'ciphertext' | 'tag'> {
  const { method, keyInfo, cipher, references } = partsOf(data);
  if (references || data.attribute('Type') !== encryption.content)
    throw failed(`EncryptedData is of ${data.attribute('Type')}, not of the content of the Body`);
  const algorithm = method.attribute('Algorithm');
  if (algorithm !== encryption.aes256Gcm || method.children.length > 0)
    throw failed(`content encryption ${JSON.stringify(algorithm)} is not allowed`);
  if (keyInfo) assertRefersTo(keyInfo, key);
  const bytes = base64(cipher);
  if (bytes.length <= IV_BYTES + TAG_BYTES) throw failed(`${bytes.length} encrypted bytes`);
  return {
    iv: bytes.subarray(0, IV_BYTES),
    ciphertext: bytes.subarray(IV_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
}

type Parts = {
  readonly method: Element;
  readonly keyInfo: Element | null;
  readonly cipher: Element;
  readonly references: Element | null;
};

/** EncryptionMethod, KeyInfo, CipherData with a CipherValue, ReferenceList, in that order (XML Encryption 1.1 §3). */
function partsOf(encrypted: Element): Parts {
  const [method, ...rest] = encrypted.children;
  const keyInfo = rest[0] && is(rest[0], 'KeyInfo', namespaces.ds) ? rest[0] : null;
  const [cipherData, references = null, ...more] = keyInfo ? rest.slice(1) : rest;
  const cipher = cipherData && is(cipherData, 'CipherData', namespaces.xenc) ? only(cipherData) : null;
  const fits =
    method &&
    is(method, 'EncryptionMethod', namespaces.xenc) &&
    cipher &&
    is(cipher, 'CipherValue', namespaces.xenc);
  const known = references === null || is(references, 'ReferenceList', namespaces.xenc);
  if (!fits || !known || more.length > 0)
    throw failed(`${encrypted.name} is not EncryptionMethod, KeyInfo and CipherData with a CipherValue`);
  return { method, keyInfo, cipher, references };
}

/** A digest and a mask by the same hash: no library makes others. */
function readOaep(method: Element): string {
  const algorithm = method.attribute('Algorithm') ?? '';
  const digest = method.child('DigestMethod', namespaces.ds);
  const mask = method.child('MGF', namespaces.xenc11);
  if (method.children.length > (digest ? 1 : 0) + (mask ? 1 : 0))
    throw failed('EncryptionMethod of a key has parameters that are not known');
  const hash = digestMethods.get(digest?.attribute('Algorithm') ?? algorithms.sha1)?.hash;
  const masked =
    algorithm === encryption.rsaOaepMgf1p && !mask
      ? 'sha1'
      : algorithm === encryption.rsaOaep
        ? maskGenerations.get(mask?.attribute('Algorithm') ?? `${namespaces.xenc11}mgf1sha1`)
        : undefined;
  if (!hash || hash !== masked)
    throw failed(`key encryption ${JSON.stringify(algorithm)} with these parameters is not allowed`);
  return hash;
}

/** By what the key says to which certificate it was encrypted: its thumbprint, its number, or the certificate itself. */
function readOwner(keyInfo: Element): Encrypted['isFor'] {
  const reference = only(keyInfo);
  const said = reference && is(reference, 'SecurityTokenReference', namespaces.wsse) ? only(reference) : null;
  if (said && is(said, 'KeyIdentifier', namespaces.wsse)) {
    const type = said.attribute('ValueType');
    const encoding = said.attribute('EncodingType') ?? tokenTypes.base64;
    if (type !== keyNames.thumbprint || encoding !== tokenTypes.base64)
      throw failed(`a certificate is not found by ${type}`);
    const thumbprint = base64(said).toString('base64');
    return ({ raw }) => thumbprintOf(raw) === thumbprint;
  }
  const held = said && is(said, 'X509Data', namespaces.ds) ? only(said) : null;
  if (held && is(held, 'X509Certificate', namespaces.ds)) {
    const der = base64(held);
    return ({ raw }) => raw.equals(der);
  }
  const number =
    held && is(held, 'X509IssuerSerial', namespaces.ds)
      ? held.child('X509SerialNumber', namespaces.ds)
      : null;
  if (!number || !/^\s*\d{1,60}\s*$/.test(number.text))
    throw failed('EncryptedKey does not name a certificate in a way that is known');
  // Its issuer can be spelled in many ways, and of the few certificates that are the bus's own no two share a number.
  const serial = BigInt(number.text);
  return ({ serialNumber }) => BigInt(`0x${serialNumber}`) === serial;
}

/** The data may say which key is its own: then it is the one there is. */
function assertRefersTo(keyInfo: Element, key: Element): void {
  const reference = only(keyInfo);
  const said = reference && is(reference, 'SecurityTokenReference', namespaces.wsse) ? only(reference) : null;
  const id = key.attribute('Id');
  if (!said || !is(said, 'Reference', namespaces.wsse) || id === null || !refersTo(said, id))
    throw failed('EncryptedData does not refer to the EncryptedKey in Security');
}

const refersTo = (reference: Element, id: string) => reference.attribute('URI') === `#${id}`;

const only = ({ children }: Element): Element | null =>
  children.length === 1 ? (children[0] ?? null) : null;

const is = (element: Element, name: string, namespace: string) =>
  element.name === name && element.namespace === namespace;
