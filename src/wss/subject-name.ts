import type { X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readOne, tags } from './der.ts';

// LDAP descriptors (RFC 4519, and those that certificates of organisations carry beside them).
const DESCRIPTORS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'givenName',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/**
 * Subject in the form of RFC 4514, most specific part first: `CN=afnemer,O=Stad Voorbeeld,C=BE`. It is read from the
 * encoding itself, so that no two different names can give the same text.
 */
export function subjectName(certificate: X509Certificate): string {
  return nameText(tbsOf(certificate.raw).subject);
}

export function issuerName(certificate: X509Certificate): string {
  return nameText(tbsOf(certificate.raw).issuer);
}

/** The fields of a TBSCertificate (RFC 5280 §4.1) that this folder looks into. */
export function tbsOf(raw: Buffer): { issuer: Der; subject: Der; rest: readonly Der[]; algorithm: string } {
  const [tbs, algorithm] = parts(readOne(raw));
  const fields = parts(tbs);
  // [0] version is only absent from version 1.
  const at = fields[0]?.tag === 0xa0 ? 1 : 0;
  return {
    issuer: expect(fields[at + 2], tags.sequence),
    subject: expect(fields[at + 4], tags.sequence),
    rest: fields.slice(at + 6),
    algorithm: oid(parts(algorithm)[0]),
  };
}

/** RFC 4514 §2.1: relative names from last to first, joined by commas; those in one set by plus signs. */
export function nameText(name: Der): string {
  return parts(name)
    .map((set) => parts(set, tags.set).map(attributeText).join('+'))
    .reverse()
    .join(',');
}

function attributeText(attribute: Der): string {
  const [type, value] = parts(attribute);
  const dotted = oid(type);
  const descriptor = DESCRIPTORS[dotted];
  const text = value && descriptor ? stringOf(value) : null;
  // RFC 4514 §2.4: what has no string form is the hexadecimal of its encoding.
  if (text === null) return `${descriptor ?? dotted}=#${value?.whole.toString('hex') ?? ''}`;
  return `${descriptor}=${escapeValue(text)}`;
}

function stringOf({ tag, content }: Der): string | null {
  if (tag === 0x0c) return content.toString('utf8');
  if (tag === 0x12 || tag === 0x13 || tag === 0x14 || tag === 0x16) return content.toString('latin1');
  if (tag === 0x1e && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  return null;
}

const escapeValue = (text: string) =>
  text
    .replace(/["+,;<>\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]|(?<!^) $/g, '\\$&');
