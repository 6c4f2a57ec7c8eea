import type { X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readOne, tags } from './der.ts';
import { tbsOf } from './subject-name.ts';

/** The extensions (RFC 5280 §4.2) that decide what a certificate may be used for. */
export type Extensions = {
  /** Bits of KeyUsage; null when the certificate does not restrict its key. */
  readonly keyUsage: number | null;
  readonly authority: boolean;
  /** How many intermediates may stand below; null is without limit. */
  readonly pathLength: number | null;
  /** What the key is for (ExtendedKeyUsage); null when nothing is said of it. */
  readonly purposes: readonly string[] | null;
  /** Encoded, as `general-names.ts` and `name-constraints.ts` read them. */
  readonly alternativeNames: Der | null;
  readonly nameConstraints: Der | null;
  /** Critical ones that the bus knows, and understands or is not restricted by. */
  readonly knownCritical: readonly string[];
  /** The first critical one that it does not know, or any that is there twice. */
  readonly unknownCritical: string | null;
};

const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ALTERNATIVE_NAMES = '2.5.29.17';
const NAME_CONSTRAINTS = '2.5.29.30';
// Understood, or (policies, extended key usage) they restrict nothing the bus relies on.
const KNOWN = new Set([
  ...[KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, ALTERNATIVE_NAMES, NAME_CONSTRAINTS],
  '2.5.29.32',
]);

/** @throws Error when they are no DER */
export function extensionsOf(certificate: X509Certificate): Extensions {
  const { values, critical, twice } = valuesIn(certificate);
  const read = (id: string) => {
    const bytes = values.get(id);
    return bytes ? readOne(bytes) : null;
  };
  const usage = read(KEY_USAGE);
  const purposes = read(EXTENDED_KEY_USAGE);
  const constraints = read(BASIC_CONSTRAINTS);
  const [ca, length] = constraints ? parts(constraints) : [];
  return {
    keyUsage: usage ? (expect(usage, tags.bitString).content[1] ?? 0) : null,
    authority: ca?.tag === tags.boolean && ca.content[0] !== 0,
    pathLength: length ? Number(`0x${expect(length, tags.integer).content.toString('hex')}`) : null,
    alternativeNames: read(ALTERNATIVE_NAMES),
    nameConstraints: read(NAME_CONSTRAINTS),
    purposes: purposes ? parts(purposes).map(oid) : null,
    knownCritical: critical,
    // Of two that contradict each other another reader may go by the other (RFC 5280 §4.2 forbids it).
    unknownCritical: twice === null ? (critical.find((id) => !KNOWN.has(id)) ?? null) : `${twice}, twice`,
  };
}

/** The encoded values by extension, and which are critical. */
function valuesIn(certificate: X509Certificate) {
  const values = new Map<string, Buffer>();
  const critical: string[] = [];
  let twice: string | null = null;
  const wrapper = tbsOf(certificate.raw).rest.find((field) => field.tag === 0xa3);
  for (const extension of wrapper ? parts(readOne(wrapper.content)) : []) {
    const [type, ...rest] = parts(extension);
    const id = oid(type);
    if (values.has(id)) twice ??= id;
    if (rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0) critical.push(id);
    values.set(id, expect(rest.at(-1), tags.octetString).content);
  }
  return { values, critical, twice };
}
