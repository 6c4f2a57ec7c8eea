import type { X509Certificate } from 'node:crypto';
import { AHEAD } from './answer-book.ts';
import { bad, type Finding, good, open } from './chain-link.ts';
import { keyOf, type RevocationList, serialOf } from './revocation.ts';
import { issuerName, subjectName, tbsOf } from './subject-name.ts';

/** What is known of revocation, and what holds when that is too old. */
export type RevocationBook = {
  readonly lists: readonly RevocationList[];
  /** Lists that are configured and were never got. Whose they are is not known. */
  readonly missing: readonly string[];
  /** For how long (ms) after its end a list is still gone by; 0: it fails closed. */
  readonly grace: number;
};

/** What a list is worth at a moment. */
export type ListState = {
  readonly name: string;
  readonly state: 'current' | 'grace' | 'expired' | 'missing';
  readonly issuer: string | null;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  /** Until when it is gone by (inclusive); null: for ever, or not at all. */
  readonly goodUntil: Date | null;
};

const SETTING = 'KRUISPUNT_REVOCATION_LISTS';

export function listStates({ lists, missing, grace }: RevocationBook, at: Date): readonly ListState[] {
  const nothing = { issuer: null, thisUpdate: null, nextUpdate: null, goodUntil: null };
  return [
    ...lists.map(({ name, issuerText, thisUpdate, nextUpdate }): ListState => {
      const goodUntil = nextUpdate === null ? null : new Date(nextUpdate.getTime() + grace);
      const state =
        nextUpdate === null || at <= nextUpdate
          ? 'current'
          : goodUntil && at <= goodUntil
            ? 'grace'
            : 'expired';
      return { name, state, issuer: issuerText, thisUpdate, nextUpdate, goodUntil };
    }),
    ...missing.map((name): ListState => ({ name, state: 'missing', ...nothing })),
  ];
}

/** Whether a certificate is revoked as far as is known, and between which moments (ms) that can be relied on. */
export function revocationOf(
  certificate: X509Certificate,
  issuer: X509Certificate | null,
  { lists, missing, grace }: RevocationBook,
  at: Date,
): { readonly finding: Finding; readonly from: number; readonly until: number } {
  const always = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const name = subjectName(certificate);
  const encoded = tbsOf(certificate.raw).issuer.whole.toString('hex');
  const serial = serialOf(certificate);
  const ofIssuer = lists.filter((list) => list.issuer === encoded);
  // A serial number is the issuer's only once, whichever of its keys signed the list.
  const naming = ofIssuer.find(({ serials }) => serials.has(serial));
  if (naming) {
    const says = `certificate ${name}, serial ${certificate.serialNumber}, is revoked`;
    const mend = `its owner needs another certificate; the list is ${naming.name}, of ${naming.thisUpdate.toISOString()}`;
    return { finding: bad('revocation', says, mend), ...always };
  }
  const list = rulingList(ofIssuer, issuer);
  if (!list) return { finding: unlisted(name, issuerName(certificate), missing), ...always };
  const { thisUpdate, nextUpdate } = list;
  const from = thisUpdate.getTime() - AHEAD;
  const end = nextUpdate === null ? Number.POSITIVE_INFINITY : nextUpdate.getTime();
  const holds = { from, until: end + grace };
  const when = `${list.name}, of ${thisUpdate.toISOString()}, next ${nextUpdate?.toISOString() ?? 'never'}`;
  const moment = at.getTime();
  if (moment < from) {
    const says = `revocation list of ${issuerName(certificate)} is of a time to come: ${thisUpdate.toISOString()}`;
    return { finding: bad('revocation', says, `the clock of this machine, or ${list.name}`), ...holds };
  }
  if (moment <= end) return { finding: good('revocation', `not in ${when}`), ...holds };
  const expired = `revocation list of ${issuerName(certificate)} expired on ${nextUpdate?.toISOString()}`;
  if (moment <= holds.until) {
    const says = `not in ${when}; ${expired}, and is gone by until ${new Date(holds.until).toISOString()}`;
    return { finding: { ...good('revocation', says), mend: `a newer ${list.name} (${SETTING})` }, ...holds };
  }
  return { finding: bad('revocation', expired, `a newer ${list.name} (${SETTING})`), ...holds };
}

/** The latest list that the issuer's own key signed; where there is none, the latest of that name. */
function rulingList(
  lists: readonly RevocationList[],
  issuer: X509Certificate | null,
): RevocationList | undefined {
  const key = issuer && keyOf(issuer.publicKey);
  const own = lists.filter(({ signedBy }) => signedBy === key);
  const [first, ...rest] = own.length > 0 ? own : lists;
  return first && rest.reduce((a, b) => (b.thisUpdate > a.thisUpdate ? b : a), first);
}

function unlisted(name: string, issuer: string, missing: readonly string[]): Finding {
  if (missing.length === 0)
    return open('revocation', `no list of ${issuer} is configured`, `${SETTING}, if ${issuer} has one`);
  // It could be the one in which this certificate stands.
  return bad(
    'revocation',
    `whether ${name} is revoked cannot be told: ${missing.join(' and ')} was never got`,
    `the log says why it cannot be fetched (${SETTING})`,
  );
}
