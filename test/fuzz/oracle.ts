import { hash } from 'node:crypto';
import type { Corpus } from './corpus.ts';
import type { ForeignVerdict } from './foreign-judge.ts';
import type { Judge, Said, Verdict } from './judge.ts';
import type { Mutant } from './mutants.ts';
import { ruleOf } from './stricter.ts';
import { certificateIn } from './token-in.ts';

/** What must be true of every mutant, beside what `judge.ts` demands of each message. */
export type Oracle = {
  /** In words; none when all is well. */
  readonly faultsOf: (mutant: Pick<Mutant, 'isSigned'>, verdict: Verdict) => readonly string[];
  /** The same of a message that others judged, too. */
  readonly disagreements: (verdict: Verdict, foreign: ForeignVerdict) => readonly string[];
  /** PEM of who signed what was accepted; of what was refused, of who signed the message that it was made of. */
  readonly signerOf: (base: string, said: Said | null) => string;
};

/** The longest that a message may take, whatever else the machine does. */
const MOST_MILLISECONDS = 1_000;

export function oracleOf(corpus: Corpus, judge: Judge): Oracle {
  const saids = corpus.accepted.map((base) => {
    const { said, detail } = judge({ bytes: Buffer.from(base.text), charset: null });
    if (!said) throw new Error(`${base.name} is refused: ${detail}`);
    return said;
  });
  const texts = [...corpus.accepted, ...corpus.refused];
  const signed = new Set(texts.flatMap(({ text }) => digestsIn(text)));
  const signers = new Map(texts.map(({ name, text }) => [name, certificateIn(text)]));
  const byFingerprint = new Map(
    saids.map((said, index) => [said.fingerprint, signers.get(corpus.accepted[index]?.name ?? '')]),
  );
  const usual = signers.get('accepted/usual-form') ?? '';
  return {
    faultsOf: ({ isSigned }, { said, faults, milliseconds }) => [
      ...faults,
      ...(milliseconds > MOST_MILLISECONDS ? [`it took ${milliseconds.toFixed(0)} ms`] : []),
      ...(said && !isSigned ? strangenessOf(said, saids, signed) : []),
    ],
    disagreements,
    signerOf: (base, said) => (said && byFingerprint.get(said.fingerprint)) ?? signers.get(base) ?? usual,
  };
}

/**
 * Nobody had the keys, so that whatever is accepted is one of the messages that were signed. Some that are refused hold a
 * good one, which may come to light again: then at least the digests of what is accepted are among those signed.
 */
function strangenessOf(said: Said, known: readonly Said[], signed: ReadonlySet<string>): readonly string[] {
  const same = known.find(({ imprint }) => imprint === said.imprint);
  // A Timestamp that is not signed says nothing.
  const timestamp = said.until === null ? null : said.timestamp;
  const isSigned = (part: string) => DIGESTS.some((digest) => signed.has(hash(digest, part, 'base64')));
  if (!same)
    return [isSigned(said.inclusiveBody) ? null : said.body, timestamp]
      .filter((part) => part !== null && !isSigned(part))
      .map((part) => `accepted with what nobody signed: ${part}`);
  const found = { ...said, timestamp };
  const meant = { ...same, timestamp: same.until === null ? null : same.timestamp };
  return (['body', 'timestamp', 'until', 'profile', 'fingerprint'] as const)
    .filter((part) => meant[part] !== found[part])
    .map((part) => `accepted with another ${part}: ${found[part]} for ${meant[part]}`);
}

const DIGESTS = ['sha256', 'sha512', 'sha1'];
const digestsIn = (text: string) =>
  [...text.matchAll(/DigestValue>([^<]+)</g)].map(([, value = '']) => value.trim());

function disagreements({ said, detail, forms }: Verdict, foreign: ForeignVerdict): readonly string[] {
  const verdicts =
    said !== null && foreign.verdict !== 'good' && foreign.verdict !== 'unknown' && !foreign.isXmlId
      ? [`accepted, and libxmlsec says ${foreign.verdict}`]
      : said === null && foreign.verdict === 'good' && ruleOf(detail) === null
        ? [`libxmlsec says good, and it is refused under no rule: ${detail}`]
        : [];
  // What has no canonical form as a whole, the bus refuses; parts of it may have one to some.
  if (!forms?.root || ['unreadable', 'closed', 'unknown'].includes(foreign.verdict)) return verdicts;
  // libxmlsec leaves out a byte order mark before what it decrypts, with which the bus refuses the message.
  if (foreign.isOpened && said === null) return verdicts;
  const parts = ['root', 'body'] as const;
  return [
    ...verdicts,
    ...parts
      .filter((part) => forms[part] !== foreign[part])
      .map((part) => `libxml2 of the system has another canonical form of the ${part}`),
  ];
}
