import type { X509Certificate } from 'node:crypto';
import { expect, oid, parts, readOne, tags } from './der.ts';
import { subjectName, tbsOf } from './subject-name.ts';

/** What a certificate must be for the bus to rely on it, apart from who issued it and when. Faults are for the operator. */

type Extensions = {
  /** Bits of KeyUsage; null when the certificate does not restrict its key. */
  readonly keyUsage: number | null;
  readonly authority: boolean;
  /** How many intermediates may stand below; null is without limit. */
  readonly pathLength: number | null;
  readonly unknownCritical: string | null;
};

const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGN = 0x04;
const CURVES = new Set(['prime256v1', 'secp384r1']);
const MIN_RSA_BITS = 2048;
// RSA and ECDSA with SHA-256, SHA-384 or SHA-512.
const SIGNATURES = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
]);
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
// Extensions that restrict nothing the bus relies on: alternative names, policies, extended key usage.
const HARMLESS = new Set(['2.5.29.17', '2.5.29.32', '2.5.29.37']);

/** Why this certificate may not sign messages; null when it may. */
export function faultOfSigner(certificate: X509Certificate): string | null {
  const { keyUsage, unknownCritical } = extensionsOf(certificate);
  if (keyUsage !== null && !(keyUsage & DIGITAL_SIGNATURE))
    return `keyUsage of ${subjectName(certificate)} excludes digitalSignature`;
  return faultOfAny(certificate, unknownCritical);
}

/**
 * Why this certificate may not issue others; null when it may.
 *
 * @param below how many other issuers stand between it and the signer's certificate
 */
export function faultOfIssuer(certificate: X509Certificate, below: number): string | null {
  const { keyUsage, authority, pathLength, unknownCritical } = extensionsOf(certificate);
  const name = subjectName(certificate);
  if (!authority) return `${name} is no CA (basicConstraints)`;
  if (keyUsage !== null && !(keyUsage & CERTIFICATE_SIGN)) return `keyUsage of ${name} excludes keyCertSign`;
  if (pathLength !== null && below > pathLength)
    return `pathLenConstraint ${pathLength} of ${name} is exceeded`;
  return faultOfAny(certificate, unknownCritical);
}

/** Why the signature that an issuer put on this certificate is not strong enough; null when it is. */
export function faultOfIssuance(certificate: X509Certificate): string | null {
  const { algorithm } = tbsOf(certificate.raw);
  return SIGNATURES.has(algorithm)
    ? null
    : `${subjectName(certificate)} was issued with algorithm ${algorithm}, which is not allowed`;
}

function faultOfAny(certificate: X509Certificate, unknownCritical: string | null): string | null {
  const name = subjectName(certificate);
  if (unknownCritical)
    return `${name} has the critical extension ${unknownCritical}, which is not known here`;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    return bits >= MIN_RSA_BITS ? null : `RSA key of ${name} has ${bits} bits, not ${MIN_RSA_BITS}`;
  }
  if (type === 'ec' && CURVES.has(details?.namedCurve ?? '')) return null;
  return `key of ${name} is ${type} ${details?.namedCurve ?? ''}, neither RSA nor on P-256 or P-384`;
}

function extensionsOf(certificate: X509Certificate): Extensions {
  let keyUsage: number | null = null;
  let authority = false;
  let pathLength: number | null = null;
  let unknownCritical: string | null = null;
  const wrapper = tbsOf(certificate.raw).rest.find((field) => field.tag === 0xa3);
  for (const extension of wrapper ? parts(readOne(wrapper.content)) : []) {
    const [type, ...rest] = parts(extension);
    const id = oid(type);
    const critical = rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0;
    const value = readOne(expect(rest.at(-1), tags.octetString).content);
    if (id === KEY_USAGE) keyUsage = expect(value, tags.bitString).content[1] ?? 0;
    else if (id === BASIC_CONSTRAINTS) {
      const [ca, length] = parts(value);
      authority = ca?.tag === tags.boolean && ca.content[0] !== 0;
      pathLength = length ? (length.content[0] ?? 0) : null;
    } else if (critical && !HARMLESS.has(id)) unknownCritical ??= id;
  }
  return { keyUsage, authority, pathLength, unknownCritical };
}
