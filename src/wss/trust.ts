import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from '../exchange/party.ts';
import type { Recipient } from '../exchange/recipient.ts';
import { Refusal } from '../exchange/refusal.ts';
import { type AnswerBook, answerBook, type Got } from './answer-book.ts';
import { type AnswerState, answerStates, type Responder } from './answer-state.ts';
import { findingsOfIssuer } from './certificate-rules.ts';
import type { Explanation } from './chain-link.ts';
import { MAX_CHAIN, type Step } from './chain-path.ts';
import { explainChain, type Trusting } from './explain-chain.ts';
import { failed } from './failed.ts';
import type { OcspQuestion } from './ocsp-question.ts';
import { Unanswered } from './once-answered.ts';
import { pemCertificates } from './pem.ts';
import { recipientOf } from './recipient.ts';
import {
  type ListSource,
  latestOf,
  type RevocationList,
  readRevocationList,
  serialOf,
} from './revocation.ts';
import { type ListState, listStates } from './revocation-state.ts';
import { tbsOf } from './subject-name.ts';

/** A certificate that can be relied on at a moment, and the key with which its owner's signatures are checked. */
export type Trusted = {
  readonly certificate: Certificate;
  readonly key: KeyObject;
  /** Its owner, to whom something can be encrypted; null where the key is not for that. */
  readonly recipient: Recipient | null;
};

export type Trust = {
  /**
   * @param chain DER: the signer's certificate first, then whatever may help to reach an authority, in any order
   * @throws Refusal ERR_025; its detail names the certificate, the field and what would mend it
   */
  readonly check: (chain: readonly Buffer[], at: Date) => Trusted;
};

/** PEM, one certificate or several; roots and intermediates. `name`: the file, for whoever must mend it. */
type AuthorityFile = { readonly name: string; readonly text: string };

export type TrustSettings = {
  readonly authorities: readonly (string | AuthorityFile)[];
  /** Revocation lists of these authorities. Once one is configured for an issuer, an expired one refuses. */
  readonly revoked?: readonly (string | Uint8Array | ListSource)[];
  /** Who answers for the certificates of these issuers; once one is configured, no answer refuses. */
  readonly responders?: readonly (AuthorityFile & { readonly url: string })[];
  /** For how long (ms) after its end a list or an answer is still gone by. */
  readonly grace?: number;
};

/** Trust that can be looked into, and that goes on with other files than it began with. */
export type TrustStore = Trust & {
  /** @throws Error when a certificate cannot be read */
  readonly explain: (chain: readonly Uint8Array[], at: Date) => Explanation;
  /** Every configured authority. */
  readonly authorities: () => readonly Step[];
  readonly lists: (at: Date) => readonly ListState[];
  /** What is known of single certificates, and what became of asking. */
  readonly answers: (at: Date) => readonly AnswerState[];
  readonly asked: Pick<AnswerBook, 'of' | 'entries' | 'fail' | 'forget'>;
  /** @throws Error that says why the answer is not believed */
  readonly takeAnswer: (question: OcspQuestion, bytes: Buffer, got: Got) => void;
  /** Reads a list as if it were configured. @throws Error when it is none of a configured authority */
  readonly readList: (source: ListSource & { readonly content: Uint8Array }) => RevocationList;
  /** From now on these count, for every message that comes. @throws Error, and nothing has changed */
  readonly replace: (settings: TrustSettings) => void;
};

type Verdict = Trusted & Pick<Explanation, 'from' | 'until'>;

// Verdicts are about 2 KB each. Parties have a certificate or two each, a thousand is far more than ever sign.
const MAX_REMEMBERED = 1000;

/**
 * Decides on whose certificates the bus relies: those that chain to an authority configured here.
 *
 * @param onTrusted hears of each chain that is relied on, when it is judged, which is not at every message
 * @throws Error when an authority or revocation list cannot be used, a fault of configuration
 */
export function createTrust(
  settings: TrustSettings,
  onTrusted: (chain: readonly Buffer[], explanation: Explanation) => void = () => {},
): TrustStore {
  const answers = answerBook();
  let trusting = readSettings(settings, answers);
  const remembered = new Map<string, Verdict>();

  function check(chain: readonly Buffer[], at: Date): Trusted {
    if (chain.length > MAX_CHAIN)
      throw failed(`${chain.length} certificates in a chain, at most ${MAX_CHAIN}`);
    const key = chain.map((each) => each.toString('latin1')).join();
    const known = remembered.get(key);
    const moment = at.getTime();
    if (known && moment >= known.from && moment <= known.until) return known;
    remembered.delete(key);
    const verdict = readable(() => judge(chain, at));
    remembered.set(key, verdict);
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
    return verdict;
  }

  function judge(chain: readonly Buffer[], at: Date): Verdict {
    const [signer, ...others] = chain.map(readDer);
    if (!signer) throw failed('the signature names no certificate');
    const explanation = explainChain([signer, ...others], trusting, at);
    const { fault, from, until, links, questions } = explanation;
    const certificate = links[0]?.certificate;
    if (fault !== null || !certificate)
      throw failed(
        fault ?? 'a chain without certificates',
        certificate && questions.length > 0 ? new Unanswered(certificate.subject, questions) : undefined,
      );
    onTrusted(chain, explanation);
    return { certificate, key: signer.publicKey, recipient: recipientOf(signer), from, until };
  }

  return {
    check,
    explain: (chain, at) => {
      const [signer, ...others] = chain.map((der) => new X509Certificate(der));
      if (!signer) throw new Error('a chain without certificates');
      return explainChain([signer, ...others], trusting, at);
    },
    authorities: () => trusting.configured,
    lists: (at) => listStates(trusting.revocation, at),
    answers: (at) => answerStates(trusting.responding, at),
    asked: answers,
    takeAnswer: (question, bytes, got) => {
      const { lists } = trusting.revocation;
      const issuer = tbsOf(question.issuer.raw).subject.whole.toString('hex');
      const isRevoked = (delegate: X509Certificate) =>
        lists.some((list) => list.issuer === issuer && list.serials.has(serialOf(delegate)));
      // What was relied on until now may be revoked; that it still is not needs no second look.
      if (answers.take(question, bytes, got, isRevoked).status !== 'good') remembered.clear();
    },
    readList: (source) =>
      readRevocationList(
        source,
        trusting.configured.map(({ certificate }) => certificate),
      ),
    replace: (next) => {
      trusting = readSettings(next, answers);
      remembered.clear();
    },
  };
}

/** @throws Error that names the file */
function readSettings(
  { authorities, revoked = [], responders = [], grace = 0 }: TrustSettings,
  answers: AnswerBook,
): Trusting {
  const configured = authorities.flatMap((each) =>
    typeof each === 'string' ? readPem({ name: 'the configuration', text: each }) : readPem(each),
  );
  if (configured.length === 0) throw new Error('no certification authority is configured');
  for (const { certificate, file } of configured) {
    const fault = findingsOfIssuer(certificate, 0).find(({ verdict }) => verdict === 'bad');
    if (fault) throw new Error(`${file}: cannot be an authority: ${fault.says}`);
  }
  const certificates = configured.map(({ certificate }) => certificate);
  const lists: RevocationList[] = [];
  const missing: string[] = [];
  for (const [index, each] of revoked.entries()) {
    const isBare = typeof each === 'string' || each instanceof Uint8Array;
    const source: ListSource = isBare ? { name: `list ${index + 1}`, content: each } : each;
    const { name, content, isFetched = false } = source;
    const read = (bytes: Uint8Array | string) =>
      named(name, () => readRevocationList({ name, content: bytes }, certificates));
    const list = content === null ? null : isFetched ? unlessFails(() => read(content)) : read(content);
    if (list === null) missing.push(name);
    else lists.push(list);
  }
  const responding = { responders: responders.flatMap(readResponder), answers, grace };
  return { configured, revocation: { lists: latestOf(lists), missing, grace }, responding };
}

const readResponder = ({ url, ...file }: AuthorityFile & { readonly url: string }): readonly Responder[] =>
  readPem(file).map(({ certificate: issuer }) => ({ file: file.name, url, issuer }));

function unlessFails<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function named<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Error(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** What a sender calls a certificate may be anything; that it cannot be read is no fault of ours. */
function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof Refusal ? cause : failed('a certificate in the message cannot be read', cause);
  }
}

/** One DER value and nothing else: OpenSSL takes PEM too, and what stands behind a certificate, which others refuse. */
function readDer(der: Buffer): X509Certificate {
  const certificate = new X509Certificate(der);
  if (!certificate.raw.equals(der))
    throw failed('a certificate in the message is not in DER, or something follows it');
  return certificate;
}

function readPem({ name, text }: AuthorityFile): Step[] {
  const found = pemCertificates(text);
  if (found.length === 0) throw new Error(`${name}: no PEM certificate in the text given as an authority`);
  return found.map((pem) => ({ certificate: named(name, () => new X509Certificate(pem)), file: name }));
}
