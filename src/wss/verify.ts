import { hash } from 'node:crypto';
import type { Element, Proven } from '../exchange/element.ts';
import type { Envelope, Imprint, Signer } from '../exchange/message.ts';
import type { Certificate, Party, ProfileName } from '../exchange/party.ts';
import { readPayload } from '../xml/envelope.ts';
import { hasComment, hasMark, hasTextSplitByComment } from '../xml/hazards.ts';
import { namespaces } from '../xml/names.ts';
import { type Covered, coverage } from './coverage.ts';
import { failed } from './failed.ts';
import { blocks, findSignature, type Place } from './place.ts';
import { assertDigest, assertSigned } from './proof.ts';
import { readSignature, type Signature } from './signature.ts';
import { checkTimestamp } from './timestamp.ts';
import { assertSameKey, readBareToken, readToken, type Token } from './token.ts';
import type { Trust, Trusted } from './trust.ts';

type Needs = {
  readonly trust: Trust;
  /** The party to which this subject (RFC 4514) is registered. */
  readonly partyOf: (certificateSubject: string) => Party | null;
};

/** Which profile a message asks for, and the first thing in it that the strict one does not allow. */
type Shape = { readonly profile: ProfileName; readonly because: string };

type Proof = { readonly question: Proven; readonly imprint: Imprint };

/**
 * Verifies that a registered party signed this Body, as strictly as that party's profile demands.
 *
 * @param at when the message was received
 * @returns the Body's only child, below the very node that was digested, and who signed it; `signer.profile` is the
 * profile that the message needed, so that each use of a lax one can be logged
 * @throws Refusal ERR_025; its detail names the check that failed
 */
export function verifySignature(
  envelope: Envelope,
  { trust, partyOf }: Needs,
  at: Date,
): Proof & { readonly signer: Signer } {
  let signer: Signer | null = null;
  const proof = verifyEnvelope(envelope, trust, at, ({ certificate, recipient }, shape) => {
    const party = partyOf(certificate.subject);
    if (!party) throw failed(`certificate ${certificate.subject} is registered to no party`);
    assertProfile(shape, party, at);
    signer = { certificate, party, profile: shape.profile, recipient };
  });
  if (!signer) throw new Error('a signature was verified without a signer');
  return { ...proof, signer };
}

/**
 * Verifies an answer under the strict profile. Whether its certificate is that of whom was asked is for the caller.
 *
 * @throws Refusal ERR_025
 */
export function verifyReply(
  envelope: Envelope,
  { trust, at }: { readonly trust: Trust; readonly at: Date },
): Certificate {
  let signed: Certificate | null = null;
  verifyEnvelope(envelope, trust, at, ({ certificate }, { profile, because }) => {
    if (profile !== 'strict') throw failed(because);
    signed = certificate;
  });
  if (!signed) throw new Error('a signature was verified without a signer');
  return signed;
}

/** Cheap checks come first, so that only a certificate that is trusted makes the bus canonicalise a Body. */
function verifyEnvelope(
  envelope: Envelope,
  trust: Trust,
  at: Date,
  admit: (trusted: Trusted, shape: Shape) => void,
): Proof {
  const place = findSignature(envelope);
  if (envelope.census?.comments !== 0) assertNoHiddenText(envelope, place);
  if (envelope.census?.marks !== false && hasMark(envelope.root))
    throw failed('byte order mark in text or in a value');
  const signature = readSignature(place.signature);
  const { token, keyValue } = place.security
    ? { token: readToken(signature.keyInfo, place.security), keyValue: null }
    : readBareToken(signature.keyInfo);
  const covered = coverage(envelope, place, signature, token.binary?.id ?? null);
  assertParts(covered, envelope, token);
  const { until, ...shape } = shapeOf(place, signature, covered, token, at);
  const trusted = trust.check(token.chain, at);
  const { certificate, key } = trusted;
  if (keyValue) assertSameKey(keyValue, key);
  admit(trusted, shape);
  const signed = assertSigned(signature, key);
  for (const each of covered) assertDigest(each);
  // The one place where a node is called proven: it is below the Body that was digested above, by position.
  const question = readPayload(envelope) as Proven;
  return { question, imprint: { key: imprintOf(signed, certificate, until), until } };
}

/**
 * SignedInfo holds the digest of every part, and its own canonical form is what was signed: nobody but the signer can
 * make another that counts. The value of the signature will not do, since of an ECDSA one anybody can make a second. In
 * front of it stands until when the message is good, where that is signed: what comes together is then kept together.
 */
const imprintOf = (signedInfo: Uint8Array, { fingerprint }: Certificate, until: Date | null) =>
  (until?.toISOString().replaceAll(NO_DIGIT, '') ?? '') +
  hash('sha256', Buffer.concat([Buffer.from(fingerprint, 'hex'), signedInfo]), 'base64url');

const NO_DIGIT = /\D/g;

/** What a comment interrupts, readers read differently; and nothing in Security needs one. */
function assertNoHiddenText({ root }: Envelope, { security, signature }: Place): void {
  if (hasComment(security ?? signature)) throw failed('comment inside Security');
  if (hasTextSplitByComment(root)) throw failed('comment inside character data');
}

/** The Body must be signed; a token that is signed must be the one that was used. */
function assertParts(covered: readonly Covered[], { body }: Envelope, { binary }: Token): void {
  if (!covered.some(({ element }) => element.is(body))) throw failed('the Body is not signed');
  const other = covered.find(
    ({ element }) => element.name === 'BinarySecurityToken' && !(binary && element.is(binary.element)),
  );
  if (other) throw failed(`#${other.reference.id} is a token other than the signer's`);
}

function shapeOf(
  { security }: Place,
  signature: Signature,
  covered: readonly Covered[],
  token: Token,
  at: Date,
): Shape & { readonly until: Date | null } {
  const weak = signature.method.weak || signature.references.some(({ method }) => method.weak);
  if (!security) {
    if (covered.length > 1) throw failed('a bare signature over more than the Body');
    if (weak) throw failed('SHA-1 in a bare signature');
    return { profile: 'header-signature', because: 'a bare signature instead of wsse:Security', until: null };
  }
  if (signature.canonical.inclusive || signature.references.some(({ canonical }) => canonical.inclusive))
    throw failed('inclusive C14N in wsse:Security');
  const timestamps = blocks(security, 'Timestamp', namespaces.wsu);
  const [timestamp] = timestamps;
  if (timestamps.length > 1) throw failed(`${timestamps.length} Timestamps in Security`);
  const until = timestamp ? checkTimestamp(timestamp, at) : null;
  const because = departure(covered, timestamp, weak, token);
  if (because === null) return { profile: 'strict', because: '', until };
  // A Timestamp that nobody signed can be exchanged for a later one.
  const isSigned = covered.some(({ element }) => timestamp && element.is(timestamp));
  return { profile: 'magda-2.0', because, until: isSigned ? until : null };
}

function departure(
  covered: readonly Covered[],
  timestamp: Element | undefined,
  weak: boolean,
  token: Token,
): string | null {
  if (!timestamp) return 'no Timestamp';
  if (!covered.some(({ element }) => element.is(timestamp))) return 'the Timestamp is not signed';
  if (weak) return 'SHA-1';
  return token.pkiPath ? 'a PKIPath token' : null;
}

function assertProfile({ profile, because }: Shape, party: Party, at: Date): void {
  if (profile === 'strict') return;
  if (party.profile !== profile)
    throw failed(`${because}: needs profile ${profile}, ${party.name} has ${party.profile}`);
  if (!party.profileUntil || at >= party.profileUntil)
    throw failed(
      `${because}: profile ${profile} of ${party.name} ended ${party.profileUntil?.toISOString()}`,
    );
}
