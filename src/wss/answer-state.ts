import type { X509Certificate } from 'node:crypto';
import { AHEAD, type AnswerBook } from './answer-book.ts';
import { bad, type Finding, good } from './chain-link.ts';
import type { OcspAnswer } from './ocsp-answer.ts';
import { type OcspQuestion, ocspQuestion } from './ocsp-question.ts';
import { keyOf } from './revocation.ts';
import { subjectName, tbsOf } from './subject-name.ts';

/** Who answers for the certificates of an issuer, as an operator named it. */
export type Responder = {
  /** The file with the issuer. */
  readonly file: string;
  readonly url: string;
  readonly issuer: X509Certificate;
};

export type Responding = {
  readonly responders: readonly Responder[];
  readonly answers: AnswerBook;
  /** For how long (ms) after its end an answer is still gone by; 0: it fails closed. */
  readonly grace: number;
};

/** What an answer is worth at a moment. */
export type AnswerState = {
  /** Who is asked, about whom. */
  readonly name: string;
  readonly subject: string;
  readonly serialNumber: string;
  readonly state: 'current' | 'grace' | 'expired' | 'missing';
  readonly status: OcspAnswer['status'] | null;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  /** Until when it is gone by (inclusive). */
  readonly goodUntil: Date | null;
  readonly failure: string | null;
};

type Judged = {
  readonly finding: Finding;
  readonly from: number;
  readonly until: number;
  /** What is to be asked before this finding can be another one; null: nothing. */
  readonly question: OcspQuestion | null;
};

const SETTING = 'KRUISPUNT_OCSP_RESPONDERS';

/** How the answers stand of certificates that were asked about. */
export const answerStates = ({ answers, grace }: Responding, at: Date): readonly AnswerState[] =>
  answers.entries().map(({ question, answer, failure: last }): AnswerState => {
    const { url: name, subject, certId } = question;
    const serialNumber = certId.serial.toString('hex');
    const failure = last?.why ?? null;
    if (!answer) {
      const nothing = { status: null, thisUpdate: null, nextUpdate: null, goodUntil: null };
      return { name, subject, serialNumber, state: 'missing', ...nothing, failure };
    }
    const { status, thisUpdate, until: nextUpdate } = answer;
    const goodUntil = new Date(nextUpdate.getTime() + grace);
    const state = at <= nextUpdate ? 'current' : at <= goodUntil ? 'grace' : 'expired';
    return { name, subject, serialNumber, state, status, thisUpdate, nextUpdate, goodUntil, failure };
  });

/** What the issuer's responder says of a certificate; null when none is configured for the issuer. */
export function answerOn(
  certificate: X509Certificate,
  issuer: X509Certificate,
  { responders, answers, grace }: Responding,
  at: Date,
): Judged | null {
  const responder = responders.find((each) => isSame(each.issuer, issuer));
  if (!responder) return null;
  const question = ocspQuestion(certificate, issuer, responder.url);
  const always = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const name = subjectName(certificate);
  const entry = answers.of(question);
  const answer = entry?.answer ?? null;
  const failure = entry?.failure?.why ?? null;
  const mend = `${responder.url} must answer, for ${responder.file} (${SETTING})`;
  if (!answer) {
    const says = `whether ${name} is revoked was not answered: ${failure ?? 'nobody asked yet'}`;
    return { finding: bad('ocsp', says, mend), question, ...always };
  }
  const when = `${responder.url}, of ${answer.thisUpdate.toISOString()}, until ${answer.until.toISOString()}`;
  if (answer.status === 'revoked') {
    const says = `certificate ${name}, serial ${certificate.serialNumber}, is revoked`;
    const finding = bad('ocsp', says, `its owner needs another certificate; so says ${when}`);
    return { finding, question: null, ...always };
  }
  if (answer.status === 'unknown') {
    const finding = bad(
      'ocsp',
      `certificate ${name} is not known to ${when}`,
      `its authority, or ${SETTING}`,
    );
    return { finding, question, ...always };
  }
  const from = answer.thisUpdate.getTime() - AHEAD;
  const end = answer.until.getTime();
  const holds = { from, until: end + grace };
  const moment = at.getTime();
  if (moment < from) {
    const says = `the answer on ${name} is of a time to come: ${answer.thisUpdate.toISOString()}`;
    const finding = bad('ocsp', says, `the clock of this machine, or ${responder.url}`);
    return { finding, question: null, ...holds };
  }
  if (moment <= end) return { finding: good('ocsp', `good, says ${when}`), question: null, ...holds };
  const expired = `the answer on ${name} ended on ${answer.until.toISOString()}`;
  const since = failure === null ? expired : `${expired}, and there is no later one: ${failure}`;
  if (moment <= holds.until) {
    const says = `good, says ${when}; ${since}; it is gone by until ${new Date(holds.until).toISOString()}`;
    return { finding: { ...good('ocsp', says), mend }, question: null, ...holds };
  }
  return { finding: bad('ocsp', since, mend), question, ...holds };
}

/** By name and key: a renewed authority goes on answering. */
const isSame = (one: X509Certificate, other: X509Certificate) =>
  tbsOf(one.raw).subject.whole.equals(tbsOf(other.raw).subject.whole) &&
  keyOf(one.publicKey) === keyOf(other.publicKey);
