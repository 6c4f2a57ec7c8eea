import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { type Der, parts, readOne, tags, value } from '../../src/wss/der.ts';
import { keyHash } from '../../src/wss/ocsp-question.ts';
import { tbsOf } from '../../src/wss/subject-name.ts';
import { NOW, type TestCertificate } from './certificates.ts';

/** An OCSP responder that answers what a test wants, byte by byte: most of it none would ever send. */

const HOUR = 3_600_000;
const BASIC = Buffer.from('06092b0601050507300101', 'hex');
const NONCE = Buffer.from('06092b0601050507300102', 'hex');
const ALGORITHMS = {
  rsa: Buffer.from('300d06092a864886f70d01010b0500', 'hex'),
  'rsa-sha1': Buffer.from('300d06092a864886f70d0101050500', 'hex'),
  ec: Buffer.from('300a06082a8648ce3d040302', 'hex'),
};

export type Telling = {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
  readonly producedAt?: Date;
  /** What it says in the place of the nonce that was sent; null: nothing. */
  readonly nonce?: Buffer | null;
  /** Who signs instead of the issuer. */
  readonly by?: TestCertificate;
  /** Whose name or key is given for it. */
  readonly named?: TestCertificate;
  readonly byKey?: boolean;
  readonly along?: readonly TestCertificate[];
  /** About whom, instead of whom was asked about. */
  readonly serials?: readonly string[];
  /** Dotted; DER. */
  readonly critical?: Buffer;
  readonly weak?: boolean;
};

const sequence = (...content: readonly Buffer[]) => value(tags.sequence, ...content);
const octets = (content: Buffer) => value(tags.octetString, content);
const moment = (at: Date) =>
  value(
    tags.generalizedTime,
    Buffer.from(
      at
        .toISOString()
        .replaceAll(/[-:T]/g, '')
        .replace(/\.\d+Z/, 'Z'),
    ),
  );

/** What a question says: the CertID, its serial number, and the nonce. */
export function readAsked(request: Buffer): {
  readonly certId: Der;
  readonly serial: string;
  readonly nonce: Buffer;
} {
  const [tbs] = parts(readOne(request));
  const [list, extensions] = parts(tbs);
  const [certId] = parts(parts(list)[0]);
  if (!certId || !extensions) throw new Error('a question without a certificate or a nonce');
  const [extension] = parts(readOne(extensions.content));
  const wrapped = parts(extension).at(-1)?.content ?? Buffer.alloc(0);
  const serial = parts(certId).at(-1)?.content.toString('hex') ?? '';
  return { certId, serial, nonce: readOne(wrapped).content };
}

/** The answer to a question about a certificate of `issuer`. */
export function answerAs(issuer: TestCertificate, request: Buffer, telling: Telling = {}): Buffer {
  const { by = issuer, named = by, byKey = false, along = [], weak = false, serials } = telling;
  const { thisUpdate = new Date(NOW.getTime() - HOUR), nextUpdate = new Date(NOW.getTime() + HOUR) } =
    telling;
  const { status = 'good', producedAt = thisUpdate } = telling;
  const asked = readAsked(request);
  const { nonce = asked.nonce } = telling;
  const whose = new X509Certificate(named.certificate);
  const ids = serials?.map((serial) => aboutSerial(asked.certId, serial)) ?? [asked.certId.whole];
  const extensions = [
    ...(nonce === null ? [] : [sequence(NONCE, octets(octets(nonce)))]),
    ...(telling.critical
      ? [sequence(telling.critical, value(tags.boolean, Buffer.from([0xff])), octets(Buffer.from([5, 0])))]
      : []),
  ];
  const tbs = sequence(
    byKey ? value(0xa2, octets(keyHash(whose))) : value(0xa1, tbsOf(whose.raw).subject.whole),
    moment(producedAt),
    sequence(
      ...ids.map((id) =>
        sequence(
          id,
          STATUS[status],
          moment(thisUpdate),
          ...(nextUpdate === null ? [] : [value(0xa0, moment(nextUpdate))]),
        ),
      ),
    ),
    ...(extensions.length === 0 ? [] : [value(0xa1, sequence(...extensions))]),
  );
  const key = createPrivateKey(by.privateKey);
  const type = key.asymmetricKeyType === 'ec' ? 'ec' : weak ? 'rsa-sha1' : 'rsa';
  const signature = sign(weak ? 'sha1' : 'sha256', tbs, key);
  const certificates = along.map(({ certificate }) => new X509Certificate(certificate).raw);
  const basic = sequence(
    ...[tbs, ALGORITHMS[type], value(tags.bitString, Buffer.from([0]), signature)],
    ...(certificates.length === 0 ? [] : [value(0xa0, sequence(...certificates))]),
  );
  return sequence(value(tags.enumerated, Buffer.from([0])), value(0xa0, sequence(BASIC, octets(basic))));
}

/** Why there is no answer, by its number: 3 is tryLater. */
export const refusalOf = (status: number) => sequence(value(tags.enumerated, Buffer.from([status])));

const STATUS = {
  good: value(0x80),
  revoked: value(0xa1, moment(NOW)),
  unknown: value(0x82),
};

function aboutSerial(certId: Der, serial: string): Buffer {
  const fields = parts(certId).slice(0, -1);
  return sequence(...fields.map(({ whole }) => whole), value(tags.integer, Buffer.from(serial, 'hex')));
}
