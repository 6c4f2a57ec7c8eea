import type { KeyObject, X509Certificate } from 'node:crypto';
import { type Extensions, extensionsOf } from './certificate-extensions.ts';
import { bad, type Finding, good, open } from './chain-link.ts';
import type { Der } from './der.ts';
import { readNameConstraints } from './name-constraints.ts';
import { subjectName, tbsOf } from './subject-name.ts';

/** What a certificate must be for the bus to rely on it, apart from who issued it and when. Findings are for the operator. */

const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGN = 0x04;
const CURVES = new Set(['prime256v1', 'secp384r1']);
const MIN_RSA_BITS = 2048;
// A key that anybody may send along must not make checking with it dear: its time grows with both.
const MAX_RSA_BITS = 8192;
const MAX_RSA_EXPONENT = 0xffff_ffffn;
// RSA and ECDSA with SHA-256, SHA-384 or SHA-512.
const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'RSA with SHA-256',
  '1.2.840.113549.1.1.12': 'RSA with SHA-384',
  '1.2.840.113549.1.1.13': 'RSA with SHA-512',
  '1.2.840.10045.4.3.2': 'ECDSA with SHA-256',
  '1.2.840.10045.4.3.3': 'ECDSA with SHA-384',
  '1.2.840.10045.4.3.4': 'ECDSA with SHA-512',
};
const ANOTHER = 'its owner needs another certificate from its authority';
const OTHER_ISSUER =
  'whoever it issued to needs a certificate of another authority (KRUISPUNT_AUTHORITIES has those that count)';

/** Whether this certificate may sign messages. */
export function findingsOfSigner(certificate: X509Certificate): readonly Finding[] {
  const extensions = extensionsOf(certificate);
  const { keyUsage, authority } = extensions;
  const name = subjectName(certificate);
  const usage =
    keyUsage === null
      ? good('keyUsage', 'not restricted')
      : keyUsage & DIGITAL_SIGNATURE
        ? good('keyUsage', 'has digitalSignature')
        : bad('keyUsage', `keyUsage of ${name} excludes digitalSignature`, ANOTHER);
  return [
    keyFinding(certificate),
    usage,
    authority ? open('basicConstraints', 'is an authority itself') : good('basicConstraints', 'is no CA'),
    criticalFinding(name, extensions, ANOTHER),
  ];
}

/**
 * Whether this certificate may issue others.
 *
 * @param below how many other issuers stand between it and the signer's certificate
 */
export function findingsOfIssuer(certificate: X509Certificate, below: number): readonly Finding[] {
  const extensions = extensionsOf(certificate);
  const { keyUsage, authority, pathLength } = extensions;
  const name = subjectName(certificate);
  const usage =
    keyUsage === null
      ? good('keyUsage', 'not restricted')
      : keyUsage & CERTIFICATE_SIGN
        ? good('keyUsage', 'has keyCertSign')
        : bad('keyUsage', `keyUsage of ${name} excludes keyCertSign`, OTHER_ISSUER);
  const length =
    pathLength === null
      ? good('pathLength', 'without limit')
      : below <= pathLength
        ? good('pathLength', `${below} below it, at most ${pathLength}`)
        : bad(
            'pathLength',
            `pathLenConstraint ${pathLength} of ${name} is exceeded by ${below}`,
            OTHER_ISSUER,
          );
  return [
    keyFinding(certificate),
    authority
      ? good('basicConstraints', 'is a CA')
      : bad('basicConstraints', `${name} is no CA (basicConstraints)`, OTHER_ISSUER),
    usage,
    length,
    criticalFinding(name, extensions, OTHER_ISSUER),
    ...(extensions.nameConstraints ? [constraintsFinding(name, extensions.nameConstraints)] : []),
  ];
}

/** Constraints that nobody can read hold for nothing: none that it issued is relied on. */
function constraintsFinding(name: string, encoded: Der): Finding {
  try {
    const { permitted, excluded } = readNameConstraints(encoded);
    return good('nameConstraints', `permits ${permitted.length} names, excludes ${excluded.length}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return bad('nameConstraints', `name constraints of ${name} cannot be read: ${why}`, OTHER_ISSUER);
  }
}

/** Whether the signature that an issuer put on this certificate is strong enough. */
export function findingOfIssuance(certificate: X509Certificate): Finding {
  const { algorithm } = tbsOf(certificate.raw);
  const known = SIGNATURES[algorithm];
  return known
    ? good('algorithm', known)
    : bad(
        'algorithm',
        `${subjectName(certificate)} was issued with algorithm ${algorithm}, which is not allowed`,
        ANOTHER,
      );
}

/** Why signatures are not checked with this key; null when they are. */
export function faultOfKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    if (bits < MIN_RSA_BITS) return `has ${bits} bits, not ${MIN_RSA_BITS}`;
    if (bits > MAX_RSA_BITS) return `has ${bits} bits, at most ${MAX_RSA_BITS}`;
    return (details?.publicExponent ?? 0n) > MAX_RSA_EXPONENT ? 'has too large an exponent' : null;
  }
  if (type === 'ec' && CURVES.has(details?.namedCurve ?? '')) return null;
  return `is ${type} ${details?.namedCurve ?? ''}, neither RSA nor on P-256 or P-384`;
}

function keyFinding(certificate: X509Certificate): Finding {
  const { publicKey } = certificate;
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  const fault = faultOfKey(publicKey);
  const name = subjectName(certificate);
  if (fault !== null) return bad('key', `${type === 'rsa' ? 'RSA key' : 'key'} of ${name} ${fault}`, ANOTHER);
  return good('key', type === 'rsa' ? `RSA, ${details?.modulusLength} bits` : `EC, ${details?.namedCurve}`);
}

function criticalFinding(
  name: string,
  { knownCritical, unknownCritical }: Extensions,
  mend: string,
): Finding {
  if (unknownCritical !== null) {
    const says = `${name} has the critical extension ${unknownCritical}, which is not known here`;
    return bad('criticalExtensions', says, mend);
  }
  return good('criticalExtensions', knownCritical.length === 0 ? 'none' : knownCritical.join(', '));
}
