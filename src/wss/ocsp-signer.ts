import { type KeyObject, X509Certificate } from 'node:crypto';
import { extensionsOf } from './certificate-extensions.ts';
import { faultOfKey, findingOfIssuance } from './certificate-rules.ts';
import { type Der, expect, parts, readOne, tags } from './der.ts';
import { keyHash } from './ocsp-question.ts';
import { subjectName, tbsOf } from './subject-name.ts';

type Answering = {
  readonly issuer: X509Certificate;
  readonly responderId: Der;
  /** That came along. */
  readonly certificates: readonly Der[];
  readonly verifies: (key: KeyObject) => boolean;
};

const DIGITAL_SIGNATURE = 0x80;
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
/** RFC 6960 §4.2.2.2.1: that a delegate is not asked about restricts nothing. */
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
const MAX_CERTIFICATES = 8;

/**
 * Who answered: the issuer of the certificate that was asked about, or somebody whom that issuer itself, with the same
 * key, certified to answer for it (RFC 6960 §4.2.2.2). Nobody is configured to answer for others' certificates.
 *
 * @param isRevoked whether a delegate stands in a list of its issuer; nobody asks about it by OCSP, for who would answer
 * @throws Error that says why it is neither
 */
export function ocspSigner(
  { issuer, responderId, certificates, verifies }: Answering,
  isRevoked: (delegate: X509Certificate) => boolean,
  at: Date,
): X509Certificate {
  if (certificates.length > MAX_CERTIFICATES)
    throw new Error(`${certificates.length} certificates came with the answer, at most ${MAX_CERTIFICATES}`);
  if (isNamed(issuer, responderId) && verifies(issuer.publicKey)) return issuer;
  const delegate = certificates
    .map(({ whole }) => new X509Certificate(whole))
    .find((certificate) => isNamed(certificate, responderId));
  if (!delegate)
    throw new Error('the answer is signed neither by the issuer nor by anybody who came with it');
  const fault = faultOfDelegate(delegate, issuer, at);
  if (fault !== null) throw new Error(`${subjectName(delegate)}, who answered, ${fault}`);
  if (isRevoked(delegate)) throw new Error(`${subjectName(delegate)}, who answered, is revoked`);
  if (!verifies(delegate.publicKey)) throw new Error('the signature of the answer does not fit');
  return delegate;
}

function faultOfDelegate(delegate: X509Certificate, issuer: X509Certificate, at: Date): string | null {
  if (!tbsOf(delegate.raw).issuer.whole.equals(tbsOf(issuer.raw).subject.whole))
    return 'was certified by another authority';
  if (!delegate.verify(issuer.publicKey)) return 'was not certified by that key of the authority';
  const { keyUsage, purposes, unknownCritical } = extensionsOf(delegate);
  if (!purposes?.includes(OCSP_SIGNING)) return 'may not answer for its authority (no id-kp-OCSPSigning)';
  if (keyUsage !== null && !(keyUsage & DIGITAL_SIGNATURE)) return 'may not sign (keyUsage)';
  if (unknownCritical !== null && unknownCritical !== NO_CHECK)
    return `has the critical extension ${unknownCritical}`;
  if (at < delegate.validFromDate || at > delegate.validToDate)
    return `has a certificate from ${delegate.validFromDate.toISOString()} to ${delegate.validToDate.toISOString()}`;
  const weak = faultOfKey(delegate.publicKey);
  if (weak !== null) return `has a key that ${weak}`;
  return findingOfIssuance(delegate).verdict === 'bad' ? 'was certified with a weak algorithm' : null;
}

/** ResponderID: a name, or SHA-1 over a key. */
function isNamed(certificate: X509Certificate, responderId: Der): boolean {
  const said = readOne(responderId.content);
  if (responderId.tag === 0xa1) return tbsOf(certificate.raw).subject.whole.equals(said.whole);
  return expect(said, tags.octetString).content.equals(keyHash(certificate));
}

export const certificatesIn = (wrapper: Der | undefined): readonly Der[] =>
  wrapper ? parts(readOne(expect(wrapper, 0xa0).content)) : [];
