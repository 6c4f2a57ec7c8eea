import type { Head } from '../exchange/audit-chain.ts';
import type { QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';

export const ANCHOR = 'urn:kruispunt:audit:anchor:v1';

/** How far the audit had come at a moment. */
export type Anchor = {
  /** From 1, without a gap. */
  readonly number: number;
  readonly at: Date;
  /** SHA-256, hexadecimal, of the bytes of the anchor before; null of the first. */
  readonly previous: string | null;
  /** Rows that were there before there was a chain. */
  readonly rowsBefore: number;
  /** Of each writer that has written since the anchor before. */
  readonly heads: readonly Head[];
};

const a = (name: string): QName => ({ namespace: ANCHOR, name, prefix: 'a' });

/** The name of an anchor's root element. */
export const anchorRoot = a('Anchor');

/** What stands in an anchor's root before its signature. */
export const anchorContent = ({ number, at, previous, rowsBefore, heads }: Anchor): readonly Markup[] => [
  element(a('number'), String(number)),
  element(a('moment'), at.toISOString()),
  ...(previous === null ? [] : [element(a('previousDigest'), previous)]),
  element(a('rowsBefore'), String(rowsBefore)),
  ...heads.map(({ writer, sequence, hash, closed }) =>
    element(a('head'), [
      element(a('writer'), writer),
      element(a('sequence'), String(sequence)),
      element(a('hash'), hash),
      element(a('closed'), String(closed)),
    ]),
  ),
];
