import type { X509Certificate } from 'node:crypto';
import { type OcspAnswer, readAnswer } from './ocsp-answer.ts';
import type { OcspQuestion } from './ocsp-question.ts';

/** One certificate that was asked about, or is to be. */
export type AnswerEntry = {
  readonly question: OcspQuestion;
  /** The last that was believed; null: none was. */
  readonly answer: OcspAnswer | null;
  /** When it was got (ms). */
  readonly since: number;
  /** Why there is no later one, and since when (ms); null when nothing is known to stand in the way. */
  readonly failure: { readonly why: string; readonly at: number } | null;
};

/** How an answer came, and what it is held against. */
export type Got = {
  /** What was sent along; null: it was kept, and looked at when it came. */
  readonly nonce: Buffer | null;
  /** Whether a responder must repeat it. */
  readonly demandsNonce: boolean;
  readonly at: Date;
};

export type AnswerBook = {
  readonly of: (question: OcspQuestion) => AnswerEntry | null;
  readonly entries: () => readonly AnswerEntry[];
  /** @throws Error that says why the answer is not believed; then nothing has changed */
  readonly take: (
    question: OcspQuestion,
    bytes: Buffer,
    got: Got,
    isRevoked: (delegate: X509Certificate) => boolean,
  ) => OcspAnswer;
  readonly fail: (question: OcspQuestion, why: string, at: Date) => void;
  readonly forget: (question: OcspQuestion) => void;
};

/** An issuer's clock may be ahead of ours by as much, in milliseconds. */
export const AHEAD = 5 * 60_000;
// Several times the chains that are remembered (trust.ts), for what is pushed out is not renewed; it lies in its file still.
const MAX_ENTRIES = 4000;

/** What is known of single certificates, bounded; whoever was asked about longest ago goes first. */
export function answerBook(): AnswerBook {
  const entries = new Map<string, AnswerEntry>();

  function keep(entry: AnswerEntry): void {
    entries.delete(entry.question.key);
    entries.set(entry.question.key, entry);
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value ?? '');
  }

  const of: AnswerBook['of'] = ({ key }) => entries.get(key) ?? null;
  return {
    of,
    entries: () => [...entries.values()],
    take: (question, bytes, got, isRevoked) => {
      const answer = readAnswer(bytes, question, isRevoked, got.at);
      if (got.nonce !== null) assertAnswers(got.nonce, answer, got);
      assertLater(answer, of(question)?.answer ?? null);
      keep({ question, answer, since: got.at.getTime(), failure: null });
      return answer;
    },
    fail: (question, why, at) => {
      const { answer = null, since = 0 } = of(question) ?? {};
      keep({ question, answer, since, failure: { why, at: at.getTime() } });
    },
    forget: ({ key }) => void entries.delete(key),
  };
}

/** RFC 6960 §4.4.1: another's nonce is a replay; none at all is what a responder sends that answers beforehand. */
function assertAnswers(
  sent: Buffer,
  { nonce, producedAt, thisUpdate, until }: OcspAnswer,
  { demandsNonce, at }: Got,
): void {
  if (nonce === null && demandsNonce)
    throw new Error('the answer does not repeat the nonce (KRUISPUNT_OCSP_NONCE)');
  if (nonce !== null && !nonce.equals(sent)) throw new Error('the answer is to another question (nonce)');
  const latest = at.getTime() + AHEAD;
  if (thisUpdate.getTime() > latest || producedAt.getTime() > latest)
    throw new Error(`the answer is of a time to come: ${thisUpdate.toISOString()}`);
  if (until < at) throw new Error(`the answer ended on ${until.toISOString()}`);
}

/** An old answer, sent again by somebody on the way, does not know that the certificate was revoked since. */
function assertLater({ thisUpdate }: OcspAnswer, old: OcspAnswer | null): void {
  if (old && thisUpdate < old.thisUpdate)
    throw new Error(
      `the answer is of ${thisUpdate.toISOString()}, older than the one at hand, of ${old.thisUpdate.toISOString()}`,
    );
}
