import { hash, sign, X509Certificate } from 'node:crypto';
import { parts, readOne, tags, value } from '../../src/wss/der.ts';
import { tbsOf } from '../../src/wss/subject-name.ts';
import type { Authority } from './certificates.ts';

/** Tokens written by hand, each with one deviation from what an authority would write. */

export const oids = {
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha3: '2.16.840.1.101.3.4.2.8',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha512WithRsa: '1.2.840.113549.1.1.13',
} as const;

const base128 = (arc: number): number[] =>
  arc < 128 ? [arc] : [...base128(Math.floor(arc / 128)).map((byte) => byte | 0x80), arc % 128];
export const oidOf = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
};
const sequence = (...content: readonly Buffer[]) => value(tags.sequence, ...content);
const set = (...content: readonly Buffer[]) => value(tags.set, ...content);
const octets = (bytes: Buffer) => value(tags.octetString, bytes);
const integer = (number: number) => Buffer.from([tags.integer, 1, number]);
const attribute = (type: string, content: Buffer) => sequence(oidOf(type), set(content));

export type Deviations = {
  /** Of what is signed. */
  readonly type?: string;
  /** What the signed attributes say of it. */
  readonly typeSaid?: string;
  readonly moreAttributes?: readonly Buffer[];
  readonly withoutAttributes?: boolean;
  readonly algorithm?: string;
  readonly signers?: number;
};

export const anotherDigest = attribute(oids.messageDigest, octets(Buffer.alloc(32)));

export function writeToken(info: Buffer, by: Authority, deviations: Deviations = {}): Buffer {
  const { type = oids.tstInfo, typeSaid = type, moreAttributes = [], signers = 1 } = deviations;
  const { raw } = new X509Certificate(by.certificate);
  const attributes = Buffer.concat([
    attribute(oids.contentType, oidOf(typeSaid)),
    attribute(oids.messageDigest, octets(hash('sha256', info, 'buffer'))),
    attribute(oids.signingCertificateV2, sequence(sequence(sequence(octets(hash('sha256', raw, 'buffer')))))),
    ...moreAttributes,
  ]);
  const serial = value(tags.integer, Buffer.from(by.serial, 'hex'));
  const signed = deviations.withoutAttributes ? info : set(attributes);
  const signerInfo = sequence(
    ...[integer(1), sequence(tbsOf(raw).issuer.whole, serial), sequence(oidOf(oids.sha256))],
    ...(deviations.withoutAttributes ? [] : [value(0xa0, attributes)]),
    sequence(oidOf(deviations.algorithm ?? oids.sha256WithRsa)),
    octets(sign('sha256', signed, by.privateKey)),
  );
  const content = sequence(
    ...[integer(3), set(sequence(oidOf(oids.sha256))), sequence(oidOf(type), value(0xa0, octets(info)))],
    ...[value(0xa0, raw), set(...Array.from({ length: signers }, () => signerInfo))],
  );
  return sequence(oidOf(oids.signedData), value(0xa0, content));
}

/** A TSTInfo with another part in the place of one, or more behind it. */
export function changedInfo(info: Buffer, at: number, changed: Buffer): Buffer {
  const fields = parts(readOne(info)).map(({ whole }) => whole);
  return sequence(...fields.slice(0, at), changed, ...fields.slice(at + 1));
}

export const imprintOf = (algorithm: string, digest: Buffer) =>
  sequence(sequence(oidOf(algorithm)), octets(digest));

const extension = (...critical: readonly Buffer[]) =>
  value(0xa1, sequence(oidOf('1.2.3.4'), ...critical, octets(Buffer.from([5, 0]))));
export const criticalExtension = extension(Buffer.from([tags.boolean, 1, 0xff]));
export const plainExtension = extension();
