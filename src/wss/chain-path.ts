import type { X509Certificate } from 'node:crypto';
import { faultOfKey } from './certificate-rules.ts';
import { tbsOf } from './subject-name.ts';

/** A certificate and the configured file it is in; null: it came with the message. */
export type Step = { readonly certificate: X509Certificate; readonly file: string | null };

/** A way from a signer's certificate, each issued by the next, and how it ends: only an authority is an end to rely on. */
export type Path = {
  readonly steps: readonly Step[];
  readonly end: 'authority' | 'unknown issuer' | 'too long';
};

// Signer, issuers and root; Belgian government chains have three or four.
export const MAX_CHAIN = 6;
/** Signatures of issuers that are checked for one chain: of certificates that all issue each other there is no end. */
const MAX_CHECKS = 16;
const MAX_PATHS = 8;

/**
 * Every way from the signer to a configured authority, and those that lead nowhere. Configured issuers go before those
 * that were sent along, which are only looked at where nobody configured did it. There are several ways where
 * an authority was renewed: then any may be the one that holds.
 */
export function pathsFrom(
  signer: X509Certificate,
  configured: readonly Step[],
  others: readonly X509Certificate[],
): readonly Path[] {
  const paths: Path[] = [];
  let checks = 0;
  const sentAlong = others.map((certificate): Step => ({ certificate, file: null }));
  const issuersOf = ({ certificate }: Step, among: readonly Step[]) =>
    among.filter((candidate) => {
      if (candidate.certificate.raw.equals(certificate.raw)) return false;
      if (!mayHaveIssued(candidate.certificate, certificate)) return false;
      const { publicKey } = candidate.certificate;
      // With a key that is refused anyhow nothing is checked: the link is there so that it can be told what is wrong.
      if (faultOfKey(publicKey) !== null) return true;
      checks += 1;
      return checks <= MAX_CHECKS && certificate.verify(publicKey);
    });
  function follow(steps: readonly Step[], current: Step): void {
    if (paths.length >= MAX_PATHS) return;
    const known = configured.some(({ certificate }) => certificate.raw.equals(current.certificate.raw));
    // Where trust starts: a configured authority that issued itself, or that nobody here issued.
    if (known && isSelfSigned(current.certificate)) return void paths.push({ steps, end: 'authority' });
    const fromConfigured = issuersOf(current, configured);
    if (known && fromConfigured.length === 0) return void paths.push({ steps, end: 'authority' });
    const issuers = fromConfigured.length > 0 || known ? fromConfigured : issuersOf(current, sentAlong);
    const onwards = issuers.filter(
      ({ certificate }) => !steps.some((step) => step.certificate.raw.equals(certificate.raw)),
    );
    if (onwards.length === 0) return void paths.push({ steps, end: 'unknown issuer' });
    if (steps.length >= MAX_CHAIN) return void paths.push({ steps, end: 'too long' });
    for (const issuer of onwards) follow([...steps, issuer], issuer);
  }
  const first = { certificate: signer, file: null };
  follow([configured.find(({ certificate }) => certificate.raw.equals(signer.raw)) ?? first], first);
  return paths;
}

const isSelfSigned = (certificate: X509Certificate) =>
  mayHaveIssued(certificate, certificate) && certificate.verify(certificate.publicKey);

/** By the names, as they are encoded or as OpenSSL compares them. */
function mayHaveIssued(issuer: X509Certificate, issued: X509Certificate): boolean {
  return tbsOf(issuer.raw).subject.whole.equals(tbsOf(issued.raw).issuer.whole) || issued.checkIssued(issuer);
}
