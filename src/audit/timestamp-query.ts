import { tags, value } from '../wss/der.ts';

/** What an authority is asked to stamp (TimeStampReq, RFC 3161 §2.4.1). */
export type TimestampQuery = {
  /** SHA-256. */
  readonly digest: Buffer;
  readonly nonce: Buffer;
  /** Object identifier of the policy under which it must be stamped; null: whichever the authority has. */
  readonly policy: string | null;
};

/** Bytes of a nonce: no authority takes more, and nobody guesses these. */
export const NONCE_BYTES = 16;

const VERSION = Buffer.from([tags.integer, 1, 1]);
const TRUE = Buffer.from([tags.boolean, 1, 0xff]);
/** AlgorithmIdentifier of SHA-256, without parameters (RFC 5754 §2). */
const SHA256 = Buffer.from('300b0609608648016503040201', 'hex');

/** The authority's certificate is asked to be sent along (certReq), so that a token can be verified years later. */
export function writeTimestampQuery({ digest, nonce, policy }: TimestampQuery): Buffer {
  const imprint = value(tags.sequence, SHA256, value(tags.octetString, digest));
  const asked = policy === null ? [] : [value(tags.oid, oidContent(policy))];
  return value(tags.sequence, VERSION, imprint, ...asked, value(tags.integer, positive(nonce)), TRUE);
}

/** As an INTEGER has it (X.690 §8.3): above zero, in as few bytes as that takes. */
export function positive(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const rest = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  return (rest[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), rest]) : rest;
}

function oidContent(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest].flatMap(baseOf128));
}

/** Seven bits in a byte, all but the last marked as having another behind it. */
function baseOf128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    bytes.unshift((left % 128) | 0x80);
  return bytes;
}
