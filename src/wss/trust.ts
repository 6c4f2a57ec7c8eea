import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import { faultOfIssuance, faultOfIssuer, faultOfSigner } from './certificate-rules.ts';
import { failed } from './failed.ts';
import { type RevocationList, readRevocationLists, serialOf } from './revocation.ts';
import { issuerName, subjectName, tbsOf } from './subject-name.ts';

/** A certificate that can be relied on at a moment, and the key with which its owner's signatures are checked. */
export type Trusted = { readonly certificate: Certificate; readonly key: KeyObject };

export type Trust = {
  /**
   * @param chain DER: the signer's certificate first, then whatever may help to reach an authority, in any order
   * @throws Refusal ERR_025; its detail names the certificate, the field and the date that stand in the way
   */
  readonly check: (chain: readonly Buffer[], at: Date) => Trusted;
};

type Settings = {
  /** PEM, one certificate or several in each text. Roots and intermediates. */
  readonly authorities: readonly string[];
  /** Revocation lists of these authorities, PEM or DER. Once one is given for an issuer, an expired one refuses. */
  readonly revoked?: readonly (string | Uint8Array)[];
};

type Verdict = Trusted & { readonly from: number; readonly until: number; readonly ends: string };

// Signer, issuers and root; Belgian government chains have three or four.
const MAX_CHAIN = 6;
// Verdicts are about 2 KB each. Parties have a certificate or two each, a thousand is far more than ever sign.
const MAX_REMEMBERED = 1000;

/**
 * Decides on whose certificates the bus relies: those that chain to an authority configured here.
 *
 * @throws Error when an authority or revocation list cannot be used, a fault of configuration
 */
export function createTrust({ authorities, revoked = [] }: Settings): Trust {
  const configured = authorities.flatMap(readPem);
  if (configured.length === 0) throw new Error('no certification authority is configured');
  for (const authority of configured) {
    const fault = faultOfIssuer(authority, 0);
    if (fault) throw new Error(`cannot be an authority: ${fault}`);
  }
  const lists = readRevocationLists(revoked, configured);
  const remembered = new Map<string, Verdict>();

  function check(chain: readonly Buffer[], at: Date): Trusted {
    if (chain.length > MAX_CHAIN)
      throw failed(`${chain.length} certificates in a chain, at most ${MAX_CHAIN}`);
    const key = chain.map((each) => each.toString('latin1')).join();
    const verdict = remembered.get(key) ?? readable(() => judge(chain, configured, lists));
    remembered.delete(key);
    assertInTime(verdict, at);
    remembered.set(key, verdict);
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
    return verdict;
  }
  return { check };
}

function assertInTime({ certificate, from, until, ends }: Verdict, at: Date): void {
  const moment = at.getTime();
  if (moment < from)
    throw failed(
      `a certificate in the chain of ${certificate.subject} is not valid before ${new Date(from).toISOString()}`,
    );
  if (moment > until) throw failed(ends);
}

/** Everything about a chain that does not change with time, and between which moments it holds. */
function judge(
  chain: readonly Buffer[],
  configured: readonly X509Certificate[],
  lists: ReadonlyMap<string, RevocationList>,
): Verdict {
  const [signer, ...others] = chain.map((der) => new X509Certificate(der));
  if (!signer) throw failed('the signature names no certificate');
  const fault = faultOfSigner(signer);
  if (fault) throw failed(fault);
  const path = pathFrom(signer, configured, others);
  const limits = path.map((certificate) => ({
    until: certificate.validToDate.getTime(),
    ends: `certificate ${subjectName(certificate)} expired on ${certificate.validToDate.toISOString()}`,
  }));
  for (const certificate of path.slice(0, -1)) {
    const list = lists.get(tbsOf(certificate.raw).issuer.whole.toString('hex'));
    if (list?.serials.has(serialOf(certificate)))
      throw failed(`certificate ${subjectName(certificate)}, serial ${certificate.serialNumber}, is revoked`);
    if (list?.nextUpdate) {
      const ends = `revocation list of ${issuerName(certificate)} expired on ${list.nextUpdate.toISOString()}`;
      limits.push({ until: list.nextUpdate.getTime(), ends });
    }
  }
  const first = limits.reduce((a, b) => (b.until < a.until ? b : a));
  const from = Math.max(...path.map((certificate) => certificate.validFromDate.getTime()));
  return { certificate: describe(signer), key: signer.publicKey, from, ...first };
}

/** The certificates from the signer's to a configured authority, each issued by the next. */
function pathFrom(
  signer: X509Certificate,
  configured: readonly X509Certificate[],
  others: readonly X509Certificate[],
): readonly X509Certificate[] {
  const path = [signer];
  for (let current = signer; ; ) {
    if (path.length > MAX_CHAIN) throw failed(`chain of ${subjectName(signer)} is longer than ${MAX_CHAIN}`);
    const issued = (candidate: X509Certificate) =>
      current.checkIssued(candidate) && current.verify(candidate.publicKey);
    const known = configured.find((candidate) => candidate.raw.equals(current.raw));
    // A configured authority that nobody here issued is where trust starts.
    const issuer = configured.find(issued) ?? (known ? undefined : others.find(issued));
    if (known && (!issuer || issuer.raw.equals(known.raw))) return path;
    if (!issuer)
      throw failed(
        `${subjectName(current)} was not issued by a configured authority, but by ${issuerName(current)}`,
      );
    const fault = faultOfIssuance(current) ?? faultOfIssuer(issuer, path.length - 1);
    if (fault) throw failed(fault);
    path.push(issuer);
    current = issuer;
  }
}

function describe(certificate: X509Certificate): Certificate {
  return {
    subject: subjectName(certificate),
    issuer: issuerName(certificate),
    serialNumber: certificate.serialNumber,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** What a sender calls a certificate may be anything; that it cannot be read is no fault of ours. */
function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof Refusal ? cause : failed('a certificate in the message cannot be read', cause);
  }
}

function readPem(text: string): X509Certificate[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (!found) throw new Error('no PEM certificate in the text given as an authority');
  return found.map((pem) => new X509Certificate(pem));
}
