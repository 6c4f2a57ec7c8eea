import type { X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readOne, tags, time } from './der.ts';
import { isAbout, type OcspQuestion } from './ocsp-question.ts';
import { certificatesIn, ocspSigner } from './ocsp-signer.ts';
import { signedDer } from './signed-der.ts';

/** What an issuer says of one certificate, at a moment (RFC 6960 §4.2). */
export type OcspAnswer = {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly producedAt: Date;
  readonly thisUpdate: Date;
  /** After it the answer says nothing any more. */
  readonly until: Date;
  /** null: the responder does not repeat it. */
  readonly nonce: Buffer | null;
};

/** How long an answer lasts whose responder promises no next one, and how long any lasts at most. */
const WITHOUT_NEXT = 3_600_000;
const AT_MOST = 7 * 86_400_000;
const MAX_BYTES = 65_536;
const BASIC = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
/** Those that give none, by number (RFC 6960 §4.2.1). */
const STATUSES: Readonly<Record<string, string>> = {
  '01': 'malformedRequest',
  '02': 'internalError',
  '03': 'tryLater',
  '05': 'sigRequired',
  '06': 'unauthorized',
};

/**
 * Reads what a responder answered to this question, and believes it only by the signature of the issuer or its delegate.
 *
 * @param isRevoked whether a delegate stands in a list of its issuer
 * @param at when the delegate's certificate must be valid
 * @throws Error that says what is wrong with it
 */
export function readAnswer(
  bytes: Buffer,
  question: OcspQuestion,
  isRevoked: (delegate: X509Certificate) => boolean,
  at: Date,
): OcspAnswer {
  if (bytes.length > MAX_BYTES) throw new Error(`an answer of ${bytes.length} bytes, at most ${MAX_BYTES}`);
  const [tbs, algorithm, signature, wrapper, ...more] = parts(basicResponse(bytes));
  const verifies = signedDer(tbs, algorithm, signature);
  if (!verifies || more.length > 0) throw new Error('an answer with a signature not allowed');
  const { responderId, producedAt, responses, extensions } = responseData(tbs);
  const signer = ocspSigner(
    { issuer: question.issuer, responderId, certificates: certificatesIn(wrapper), verifies },
    isRevoked,
    at,
  );
  const [single, ...others] = responses.filter((each) => isAbout(parts(each)[0], question));
  if (!single) throw new Error('the answer is about another certificate');
  if (others.length > 0) throw new Error('the answer says two things of the certificate');
  const { status, thisUpdate, nextUpdate } = singleResponse(single);
  const promised = nextUpdate?.getTime() ?? thisUpdate.getTime() + WITHOUT_NEXT;
  const until = Math.min(promised, thisUpdate.getTime() + AT_MOST, signer.validToDate.getTime());
  return { status, producedAt, thisUpdate, until: new Date(until), nonce: nonceIn(extensions) };
}

function basicResponse(bytes: Buffer): Der {
  const [status, wrapper, ...more] = parts(readOne(bytes));
  const said = expect(status, tags.enumerated).content.toString('hex');
  if (said !== '00') throw new Error(`the responder says ${STATUSES[said] ?? `status ${said}`}`);
  const [type, response] = parts(readOne(expect(wrapper, 0xa0).content));
  if (oid(type) !== BASIC || more.length > 0) throw new Error('an answer of another kind than basic');
  return readOne(expect(response, tags.octetString).content);
}

function responseData(tbs: Der | undefined) {
  // Version 1 is the only one, and not written by who follows DER.
  const fields = parts(tbs).filter(
    (field, index) => index > 0 || field.whole.toString('hex') !== 'a003020100',
  );
  const [responderId, producedAt, responses, extensions, ...more] = fields;
  if (!responderId || (responderId.tag !== 0xa1 && responderId.tag !== 0xa2) || more.length > 0)
    throw new Error('an answer that does not say whose it is');
  return {
    responderId,
    producedAt: moment(producedAt),
    responses: parts(responses),
    extensions: extensionsIn(extensions),
  };
}

function singleResponse(single: Der) {
  const [, status, thisUpdate, ...rest] = parts(single);
  const nextUpdate = rest.find(({ tag }) => tag === 0xa0);
  const extensions = rest.find(({ tag }) => tag === 0xa1);
  if (rest.some((field) => field !== nextUpdate && field !== extensions))
    throw new Error('an answer with fields that are not known');
  extensionsIn(extensions);
  return {
    status: statusOf(status),
    thisUpdate: moment(thisUpdate),
    nextUpdate: nextUpdate ? moment(readOne(nextUpdate.content)) : null,
  };
}

function statusOf(status: Der | undefined): OcspAnswer['status'] {
  if (status?.tag === 0x80 && status.content.length === 0) return 'good';
  if (status?.tag === 0xa1) return 'revoked';
  if (status?.tag === 0x82 && status.content.length === 0) return 'unknown';
  throw new Error('an answer without a status');
}

/** @throws Error for a critical one that is not known (RFC 6960 §4.4), and for one that is there twice */
function extensionsIn(wrapper: Der | undefined): ReadonlyMap<string, Der | undefined> {
  const found = new Map<string, Der | undefined>();
  for (const extension of wrapper ? parts(readOne(expect(wrapper, 0xa1).content)) : []) {
    const [type, ...rest] = parts(extension);
    const id = oid(type);
    const critical = rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0;
    if (found.has(id)) throw new Error(`an answer with the extension ${id} twice`);
    if (critical && id !== NONCE) throw new Error(`an answer with the critical extension ${id}`);
    found.set(id, rest.at(-1));
  }
  return found;
}

function nonceIn(extensions: ReadonlyMap<string, Der | undefined>): Buffer | null {
  if (!extensions.has(NONCE)) return null;
  const wrapped = expect(extensions.get(NONCE), tags.octetString).content;
  return expect(readOne(wrapped), tags.octetString).content;
}

const moment = (field: Der | undefined) => time(expect(field, tags.generalizedTime));
