import type { X509Certificate } from 'node:crypto';
import type { Certificate } from '../exchange/party.ts';
import type { OcspQuestion } from './ocsp-question.ts';
import { issuerName, subjectName } from './subject-name.ts';

/** What is looked at in each certificate of a chain, in this order. */
export type Field =
  | 'issuer'
  | 'algorithm'
  | 'validity'
  | 'key'
  | 'basicConstraints'
  | 'keyUsage'
  | 'pathLength'
  | 'nameConstraints'
  | 'criticalExtensions'
  | 'revocation'
  | 'ocsp';

/** What was found there. `open`: there is nothing to hold it against, and the chain does not fail for it. */
export type Finding = {
  readonly field: Field;
  readonly verdict: 'good' | 'bad' | 'open';
  readonly says: string;
  /** Which file, setting or act would mend it; null where nothing needs to be mended. */
  readonly mend: string | null;
};

/** One certificate on the way from who signed to a configured authority. */
export type Link = {
  readonly certificate: Certificate;
  readonly validFrom: Date;
  readonly validUntil: Date;
  /** The configured file it was found in; null: it came with the message. */
  readonly file: string | null;
  /** Every field, also behind the first that is wrong. */
  readonly findings: readonly Finding[];
};

/** A chain, judged at a moment, from the signer's certificate on. */
export type Explanation = {
  readonly links: readonly Link[];
  /** The first finding that stands in the way, with the certificate it is about; null: the chain is relied on. */
  readonly fault: string | null;
  /** What responders are to be asked, where nothing else stands in the way. */
  readonly questions: readonly OcspQuestion[];
  /** Between these moments (ms, both inclusive) a chain that is relied on stays so, if nothing else changes. */
  readonly from: number;
  readonly until: number;
};

export const good = (field: Field, says: string): Finding => ({ field, verdict: 'good', says, mend: null });
export const bad = (field: Field, says: string, mend: string): Finding => ({
  field,
  verdict: 'bad',
  says,
  mend,
});
export const open = (field: Field, says: string, mend: string | null = null): Finding => ({
  field,
  verdict: 'open',
  says,
  mend,
});

/** The certificate as the rest of the bus knows it. */
export function describe(certificate: X509Certificate): Certificate {
  return {
    subject: subjectName(certificate),
    issuer: issuerName(certificate),
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
