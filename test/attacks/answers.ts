import {
  type Authority,
  issue,
  makeAuthority,
  revoke,
  type TestCertificate,
  type Wishes,
} from '../support/certificates.ts';
import { answerAs, readAsked, refusalOf, type Telling } from '../support/responder.ts';

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** The responder that answers for one authority of the catalogue. */
export type Responder = {
  readonly issuer: TestCertificate;
  readonly file: { readonly name: string; readonly text: string };
  readonly answer: (request: Buffer) => Buffer;
};

const not = (why: RegExp) => new RegExp(`^whether CN=afnemer.* is revoked was not answered: .*${why.source}`);

/** By what is wrong with the answer on it. */
export const ANSWERS = {
  'revoked, says its responder': { reason: /^certificate CN=afnemer.* is revoked \(ocsp of/ },
  'not known to its responder': { reason: /^certificate CN=afnemer.* is not known to/ },
  'whose responder puts it off': { reason: not(/the responder says tryLater/) },
  'with the answer to an earlier question': { reason: not(/to another question \(nonce\)/) },
  'with an answer without the nonce': { reason: not(/does not repeat the nonce/) },
  'with an answer that has ended': { reason: not(/the answer ended on/) },
  'with an answer of a time to come': { reason: not(/of a time to come/) },
  'with the answer on another certificate': { reason: not(/about another certificate/) },
  "with an answer in its issuer's name": { reason: not(/neither by the issuer/) },
  "with an answer in a delegate's name": { reason: not(/the signature of the answer does not fit/) },
  'with an answer of who may not answer': { reason: not(/no id-kp-OCSPSigning/) },
  "with an answer of an impostor's delegate": { reason: not(/not certified by that key/) },
  'with an answer of a delegate that is revoked': { reason: not(/who answered, is revoked/) },
} as const satisfies Readonly<Record<string, { readonly reason: RegExp }>>;
export type Unanswered = keyof typeof ANSWERS;

export async function makeAnswers(
  good: (by: Authority | undefined, wishes?: Wishes) => Promise<Authority>,
  away: (days: number) => Date,
) {
  const issuer = await makeAuthority('Bevraagde CA');
  const impostor = await makeAuthority('Bevraagde CA', undefined, { kind: 'p-256' });
  const answers = (name: string, by: Authority) =>
    issue(by, name, { kind: 'p-256', purposes: { ids: [OCSP_SIGNING], critical: false } });
  const [delegate, revoked, fake] = [
    await answers('Antwoorder', issuer),
    await answers('Ingetrokken antwoorder', issuer),
    await answers('Nagemaakte antwoorder', impostor),
  ];
  const somebody = await issue(issuer, 'iemand', { kind: 'p-256' });
  const told: Readonly<Record<Unanswered, Telling | null>> = {
    'revoked, says its responder': { status: 'revoked' },
    'not known to its responder': { status: 'unknown' },
    'whose responder puts it off': null,
    'with the answer to an earlier question': { nonce: Buffer.alloc(32, 7) },
    'with an answer without the nonce': { nonce: null },
    'with an answer that has ended': { nextUpdate: away(-0.1) },
    'with an answer of a time to come': { producedAt: away(0.1) },
    'with the answer on another certificate': { serials: ['0501'] },
    "with an answer in its issuer's name": { by: impostor, named: issuer },
    "with an answer in a delegate's name": { by: somebody, named: delegate, along: [delegate] },
    'with an answer of who may not answer': { by: somebody, along: [somebody] },
    "with an answer of an impostor's delegate": { by: fake, along: [fake] },
    'with an answer of a delegate that is revoked': { by: revoked, along: [revoked] },
  };
  const tellings = new Map<string, Telling | null>();
  const unanswered: Record<string, TestCertificate> = {};
  for (const [which, telling] of Object.entries(told)) {
    const by = await good(issuer);
    tellings.set(by.serial, telling);
    unanswered[which] = by;
  }
  const around = { thisUpdate: away(-0.5), nextUpdate: away(0.5) };
  const responder: Responder = {
    issuer,
    file: { name: 'bevraagd.pem', text: issuer.certificate },
    answer: (request) => {
      const telling = tellings.get(readAsked(request).serial);
      return telling === null ? refusalOf(3) : answerAs(issuer, request, { ...around, ...telling });
    },
  };
  return {
    responder,
    unanswered: unanswered as Readonly<Record<Unanswered, TestCertificate>>,
    answered: await good(issuer),
    list: await revoke(issuer, [revoked.serial], away(1), away(-1)),
  };
}
