/** Just enough of DER (X.690) to look into a certificate, a revocation list, an answer about one certificate and a PKIPath. */
export type Der = { readonly tag: number; readonly content: Buffer; readonly whole: Buffer };

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * The values one after the other in `bytes`.
 *
 * @throws Error when a length is not DER or points past the end
 */
export function readAll(bytes: Buffer): readonly Der[] {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = readAt(bytes, at);
    found.push(value);
    at += value.whole.length;
  }
  return found;
}

/** A value with this content. */
export function value(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  if (bytes.length > 0xffff) throw new Error('more DER than is ever written here');
  const long = bytes.length > 0xff ? [0x82, bytes.length >> 8] : bytes.length > 0x7f ? [0x81] : [];
  return Buffer.concat([Buffer.from([tag, ...long, bytes.length & 0xff]), bytes]);
}

/** The only value in `bytes`; nothing may follow it. */
export function readOne(bytes: Buffer): Der {
  const value = bytes.length > 0 ? readAt(bytes, 0) : null;
  if (value?.whole.length !== bytes.length) throw new Error('not one DER value');
  return value;
}

/** The values in a constructed one, which must carry `tag`. */
export function parts(value: Der | undefined, tag: number = tags.sequence): readonly Der[] {
  return readAll(expect(value, tag).content);
}

export function expect(value: Der | undefined, tag: number): Der {
  if (value?.tag !== tag) throw new Error(`DER tag ${value?.tag ?? 'none'} where ${tag} belongs`);
  return value;
}

function readAt(bytes: Buffer, at: number): Der {
  const { tag, start, end } = boundsAt(bytes, at);
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

/** Where the value at `at` has its content, for lists too long to make an object of each of their values. */
export function boundsAt(
  bytes: Buffer,
  at: number,
): { readonly tag: number; readonly start: number; readonly end: number } {
  const tag = bytes[at] ?? 0;
  let length = bytes[at + 1] ?? -1;
  let start = at + 2;
  if (length > 0x7f) {
    const octets = length & 0x7f;
    // Four octets count to 4 GB; the indefinite form (0) is BER.
    if (octets === 0 || octets > 4 || start + octets > bytes.length) throw new Error('DER length');
    length = bytes.readUIntBE(start, octets);
    start += octets;
  }
  if ((tag & 0x1f) === 0x1f || length < 0 || start + length > bytes.length)
    throw new Error('DER value cut short');
  return { tag, start, end: start + length };
}

/** Dotted form of an object identifier. */
export function oid(value: Der | undefined): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of expect(value, tags.oid).content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** UTCTime or GeneralizedTime in the forms that RFC 5280 §4.1.2.5 allows. */
export function time(value: Der | undefined): Date {
  const digits = value?.content.toString('latin1') ?? '';
  // Years 50 to 99 of UTCTime are those of the twentieth century (RFC 5280 §4.1.2.5.1).
  const full = value?.tag === tags.utcTime ? `${digits < '50' ? '20' : '19'}${digits}` : digits;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(moment.getTime())) throw new Error(`DER time ${digits}`);
  return moment;
}
