import { hash, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readAll, readOne, tags } from '../wss/der.ts';
import { tbsOf } from '../wss/subject-name.ts';

/** What is signed in a CMS SignedData (RFC 5652 §5) with one signer, as time-stamp tokens are, and who says to have signed it. */
export type SignedData = {
  readonly contentType: string;
  readonly content: Buffer;
  readonly signer: X509Certificate;
  readonly certificates: readonly X509Certificate[];
};

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
/** ESS, RFC 2634 §5.4 and RFC 5035 §3. */
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

const DIGESTS: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** Signature algorithm -> key and digest; null: the digest that the signer names. RSA is PKCS#1 1.5. */
const SIGNATURES: Readonly<Record<string, readonly [key: string, digest: string | null]>> = {
  '1.2.840.113549.1.1.1': ['rsa', null],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};
const MOST_CERTIFICATES = 6;

/**
 * Reads a ContentInfo and checks its signature with the certificate that its signed attributes name. Whether that
 * certificate is to be believed is for the caller.
 *
 * @throws Error that says what is wrong
 */
export function readSignedData(bytes: Buffer): SignedData {
  const [type, wrapped] = parts(readOne(bytes));
  if (oid(type) !== SIGNED_DATA) throw new Error(`it is ${oid(type)}, not signed data`);
  const [, , encapsulated, ...rest] = parts(readOne(expect(wrapped, 0xa0).content));
  const [contentType, explicit] = parts(encapsulated);
  const content = expect(readOne(expect(explicit, 0xa0).content), tags.octetString).content;
  const signers = parts(rest.at(-1), tags.set);
  const [signerInfo] = signers;
  if (!signerInfo || signers.length > 1) throw new Error(`${signers.length} have signed it, not one`);
  const given = rest.find(({ tag }) => tag === 0xa0);
  const sent = given ? readAll(given.content) : [];
  if (sent.length > MOST_CERTIFICATES)
    throw new Error(`${sent.length} certificates came with it, at most ${MOST_CERTIFICATES}`);
  const certificates = sent.map(({ whole }) => new X509Certificate(whole));
  const signer = signerOf(signerInfo, { contentType: oid(contentType), content }, certificates);
  return { contentType: oid(contentType), content, signer, certificates };
}

type Content = { readonly contentType: string; readonly content: Buffer };

function signerOf(
  signerInfo: Der,
  { contentType, content }: Content,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const [, sid, digestAlgorithm, signedAttributes, signatureAlgorithm, signature] = parts(signerInfo);
  if (signedAttributes?.tag !== 0xa0) throw new Error('it has no signed attributes');
  const digest = digestNamed(digestAlgorithm);
  const attributes = attributesIn(signedAttributes);
  if (oid(attributes.get(CONTENT_TYPE)) !== contentType)
    throw new Error('the type that was signed is another than that of what is in it');
  const said = expect(attributes.get(MESSAGE_DIGEST), tags.octetString).content;
  if (!said.equals(hash(digest, content, 'buffer'))) throw new Error('what is in it is not what was signed');
  const signer = certificateNamed(attributes, certificates);
  if (!isMeant(sid, signer)) throw new Error('it names two certificates as its signer');
  const bytes = Buffer.from(signedAttributes.whole);
  // What is signed is the SET itself (RFC 5652 §5.4).
  bytes[0] = tags.set;
  const check = checkFor(signatureAlgorithm, digest);
  if (!check(bytes, signer.publicKey, expect(signature, tags.octetString).content))
    throw new Error('its signature does not fit');
  return signer;
}

function digestNamed(algorithm: Der | undefined): string {
  const name = oid(parts(algorithm)[0]);
  const digest = DIGESTS[name];
  if (!digest) throw new Error(`the digest ${name} is not allowed`);
  return digest;
}

/** Each with its one value. */
function attributesIn(set: Der): ReadonlyMap<string, Der> {
  const found = new Map<string, Der>();
  for (const attribute of readAll(set.content)) {
    const [type, values] = parts(attribute);
    const [only, ...more] = parts(values, tags.set);
    if (!only || more.length > 0 || found.has(oid(type)))
      throw new Error(`the signed attribute ${oid(type)} has not just one value`);
    found.set(oid(type), only);
  }
  return found;
}

/** Whose digest was signed: nobody can put another certificate with the same key in its place. */
function certificateNamed(
  attributes: ReadonlyMap<string, Der>,
  certificates: readonly X509Certificate[],
): X509Certificate {
  const [old, current] = [attributes.get(SIGNING_CERTIFICATE), attributes.get(SIGNING_CERTIFICATE_V2)];
  const named = [...(old ? [firstHash(old, 'sha1')] : []), ...(current ? [firstHash(current, null)] : [])];
  if (named.length === 0) throw new Error('it does not say by which certificate it was signed');
  const found = certificates.find(({ raw }) =>
    named.every(({ digest, bytes }) => hash(digest, raw, 'buffer').equals(bytes)),
  );
  if (!found) throw new Error('the certificate by which it was signed did not come with it');
  return found;
}

/** Of the first certificate in a SigningCertificate, which is the signer's. Only version 2 names its digest, unless it is SHA-256. */
function firstHash(
  attribute: Der,
  fixed: 'sha1' | null,
): { readonly digest: string; readonly bytes: Buffer } {
  const [first] = parts(parts(attribute)[0]);
  const [one, two] = parts(first);
  if (fixed !== null) return { digest: fixed, bytes: expect(one, tags.octetString).content };
  if (one?.tag !== tags.sequence) return { digest: 'sha256', bytes: expect(one, tags.octetString).content };
  return { digest: digestNamed(one), bytes: expect(two, tags.octetString).content };
}

/** SignerIdentifier: issuer and number, or the identifier of a key, which says no more than the signed attribute does. */
function isMeant(sid: Der | undefined, signer: X509Certificate): boolean {
  if (sid?.tag === 0x80) return true;
  const [issuer, number] = parts(sid);
  const serial = expect(number, tags.integer)
    .content.toString('hex')
    .replace(/^(00)+/, '');
  return (
    tbsOf(signer.raw).issuer.whole.equals(expect(issuer, tags.sequence).whole) &&
    serial === signer.serialNumber.toLowerCase().replace(/^(00)+/, '')
  );
}

function checkFor(algorithm: Der | undefined, digest: string) {
  const name = oid(parts(algorithm)[0]);
  const [kind, own] = SIGNATURES[name] ?? [null, null];
  if (kind === null || (own !== null && own !== digest))
    throw new Error(`the signature algorithm ${name} is not allowed, or not with ${digest}`);
  return (bytes: Buffer, key: KeyObject, signature: Buffer): boolean =>
    key.asymmetricKeyType === kind && verify(digest, bytes, key, signature);
}
