import { extensionsOf } from '../wss/certificate-extensions.ts';
import { type Der, expect, oid, parts, readOne, tags } from '../wss/der.ts';
import type { TrustStore } from '../wss/trust.ts';
import { readSignedData, type SignedData } from './signed-data.ts';

/** What an authority says of a digest (TSTInfo, RFC 3161 §2.4.2): that it was there at a moment. */
export type Timestamp = {
  readonly at: Date;
  /** Object identifier. */
  readonly policy: string;
  /** As an INTEGER has it; null: none. */
  readonly nonce: Buffer | null;
};

/** Why a token proves nothing. */
export class TimestampFault extends Error {}

export type TimestampTrust = Pick<TrustStore, 'explain'>;

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const EXTENDED_KEY_USAGE = '2.5.29.37';

/**
 * Reads a token that holds: signed by whom a configured authority certified for nothing but this, at the moment that it
 * says, over this digest (SHA-256).
 *
 * @throws TimestampFault
 */
export function readTimestamp(token: Buffer, digest: Buffer, trust: TimestampTrust): Timestamp {
  const signed = readable(() => readSignedData(token));
  if (signed.contentType !== TST_INFO) throw new TimestampFault('it is no time-stamp');
  const { imprint, ...timestamp } = readable(() => readInfo(signed.content));
  if (imprint.algorithm !== SHA256 || !imprint.digest.equals(digest))
    throw new TimestampFault('it stamps something else');
  readable(() => assertAuthority(signed, trust, timestamp.at));
  return timestamp;
}

function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TimestampFault(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readInfo(content: Buffer) {
  const [version, policy, messageImprint, serial, genTime, ...optional] = parts(readOne(content));
  if (!expect(version, tags.integer).content.equals(Buffer.from([1])))
    throw new Error('it is of another version');
  expect(serial, tags.integer);
  const [algorithm, hashed] = parts(messageImprint);
  const nonce = optional.find(({ tag }) => tag === tags.integer);
  const extensions = optional.find(({ tag }) => tag === 0xa1);
  if (extensions && parts({ ...extensions, tag: tags.sequence }).some(isCritical))
    throw new Error('it has a critical extension, and none is known here');
  return {
    at: momentOf(genTime),
    policy: oid(policy),
    nonce: nonce?.content ?? null,
    imprint: { algorithm: oid(parts(algorithm)[0]), digest: expect(hashed, tags.octetString).content },
  };
}

const isCritical = (extension: Der): boolean => {
  const [, second] = parts(extension);
  return second?.tag === tags.boolean && second.content[0] !== 0;
};

/** GeneralizedTime, with a fraction or without (RFC 3161 §2.4.2); of a fraction the milliseconds. */
function momentOf(value: Der | undefined): Date {
  const text = expect(value, tags.generalizedTime).content.toString('latin1');
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const millis = fraction.padEnd(3, '0').slice(0, 3);
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`);
  if (Number.isNaN(moment.getTime())) throw new Error(`it says no moment, but ${text}`);
  return moment;
}

/** RFC 3161 §2.3: a certificate for time-stamping alone, and critically so. */
function assertAuthority({ signer, certificates }: SignedData, { explain }: TimestampTrust, at: Date): void {
  const { purposes, knownCritical } = extensionsOf(signer);
  const isAlone = purposes?.length === 1 && purposes[0] === TIME_STAMPING;
  if (!isAlone || !knownCritical.includes(EXTENDED_KEY_USAGE))
    throw new Error('its signer has no certificate for time-stamping alone (critical extended key usage)');
  const others = certificates.filter((each) => each !== signer);
  const { links, fault } = explain(
    [signer, ...others].map(({ raw }) => raw),
    at,
  );
  if (fault === null) return;
  const wrong = links.flatMap(({ findings }) => findings).find(({ verdict }) => verdict === 'bad');
  throw new Error(wrong?.says ?? fault);
}
