import type { X509Certificate } from 'node:crypto';
import { expect, oid, parts, readOne, tags } from './der.ts';
import { tbsOf } from './subject-name.ts';

/** The extensions (RFC 5280 §4.2) that decide what a certificate may be used for. */
export type Extensions = {
  /** Bits of KeyUsage; null when the certificate does not restrict its key. */
  readonly keyUsage: number | null;
  readonly authority: boolean;
  /** How many intermediates may stand below; null is without limit. */
  readonly pathLength: number | null;
  /** Critical ones that the bus knows, and understands or is not restricted by. */
  readonly knownCritical: readonly string[];
  /** The first critical one that it does not know, or any that is there twice. */
  readonly unknownCritical: string | null;
};

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
// Extensions that restrict nothing the bus relies on: alternative names, policies, extended key usage.
const HARMLESS = new Set(['2.5.29.17', '2.5.29.32', '2.5.29.37']);

/** @throws Error when they are no DER */
export function extensionsOf(certificate: X509Certificate): Extensions {
  let keyUsage: number | null = null;
  let authority = false;
  let pathLength: number | null = null;
  let unknownCritical: string | null = null;
  const knownCritical: string[] = [];
  const seen = new Set<string>();
  const wrapper = tbsOf(certificate.raw).rest.find((field) => field.tag === 0xa3);
  for (const extension of wrapper ? parts(readOne(wrapper.content)) : []) {
    const [type, ...rest] = parts(extension);
    const id = oid(type);
    const critical = rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0;
    const value = () => readOne(expect(rest.at(-1), tags.octetString).content);
    // Of two that contradict each other another reader may go by the other (RFC 5280 §4.2 forbids it).
    if (seen.has(id)) unknownCritical ??= `${id}, twice`;
    seen.add(id);
    if (id === KEY_USAGE) keyUsage = expect(value(), tags.bitString).content[1] ?? 0;
    else if (id === BASIC_CONSTRAINTS) {
      const [ca, length] = parts(value());
      authority = ca?.tag === tags.boolean && ca.content[0] !== 0;
      pathLength = length ? Number(`0x${expect(length, tags.integer).content.toString('hex')}`) : null;
    } else if (critical && !HARMLESS.has(id)) unknownCritical ??= id;
    if (critical) knownCritical.push(id);
  }
  return { keyUsage, authority, pathLength, knownCritical, unknownCritical };
}
