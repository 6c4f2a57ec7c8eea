import { hash, type X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readOne, tags, value } from './der.ts';
import { keyOf, serialOf } from './revocation.ts';
import { subjectName, tbsOf } from './subject-name.ts';

/** What a responder is asked: whether its issuer took this certificate back (RFC 6960 §4.1). */
export type OcspQuestion = {
  /** Names the question among all: which issuer by which key, and which of its certificates. */
  readonly key: string;
  readonly subject: string;
  readonly issuer: X509Certificate;
  /** Where it is asked: an address that is configured for this issuer, never one from a certificate. */
  readonly url: string;
  readonly certId: CertId;
  /** When the certificate ends, and with it the question. */
  readonly until: Date;
};

/** Contents of a CertID: hashes of the issuer's name and key, and the serial number. */
export type CertId = { readonly name: Buffer; readonly key: Buffer; readonly serial: Buffer };

const SHA1 = '1.3.14.3.2.26';
const SHA1_IDENTIFIER = Buffer.from('300906052b0e03021a0500', 'hex');
const NONCE_IDENTIFIER = Buffer.from('06092b0601050507300102', 'hex');

export function ocspQuestion(
  certificate: X509Certificate,
  issuer: X509Certificate,
  url: string,
): OcspQuestion {
  const name = tbsOf(certificate.raw).issuer.whole;
  const serial = Buffer.from(serialOf(certificate), 'hex');
  const whole = Buffer.concat([Buffer.from(keyOf(issuer.publicKey), 'hex'), name, serial]);
  return {
    key: hash('sha256', whole).slice(0, 40),
    subject: subjectName(certificate),
    issuer,
    url,
    // Every responder knows SHA-1 here. It proves nothing: what counts is that this issuer's key stands behind the answer.
    certId: { name: sha1(name), key: keyHash(issuer), serial },
    until: certificate.validToDate,
  };
}

/** RFC 9654 §2.1. */
export const NONCE_BYTES = 32;

/** OCSPRequest for one certificate, not signed, with a nonce. */
export function writeQuestion({ certId }: OcspQuestion, nonce: Buffer): Buffer {
  const sequence = (...content: readonly Buffer[]) => value(tags.sequence, ...content);
  const octets = (content: Buffer) => value(tags.octetString, content);
  const { name, key, serial } = certId;
  const asked = sequence(sequence(SHA1_IDENTIFIER, octets(name), octets(key), value(tags.integer, serial)));
  const extension = sequence(NONCE_IDENTIFIER, octets(octets(nonce)));
  return sequence(sequence(sequence(asked), value(0xa2, sequence(extension))));
}

/** Whether a CertID is that of this question. */
export function isAbout(certId: Der | undefined, { certId: asked }: OcspQuestion): boolean {
  const [algorithm, name, key, serial] = parts(certId);
  return (
    oid(parts(algorithm)[0]) === SHA1 &&
    expect(name, tags.octetString).content.equals(asked.name) &&
    expect(key, tags.octetString).content.equals(asked.key) &&
    expect(serial, tags.integer).content.equals(asked.serial)
  );
}

/** SHA-1 over the bits of a certificate's public key (RFC 6960 §4.1.1, §4.2.1). */
export function keyHash({ publicKey }: X509Certificate): Buffer {
  const [, bits] = parts(readOne(publicKey.export({ type: 'spki', format: 'der' })));
  return sha1(expect(bits, tags.bitString).content.subarray(1));
}

const sha1 = (bytes: Buffer) => hash('sha1', bytes, 'buffer');
