import { GENESIS } from '../exchange/audit-chain.ts';
import type { AnchoredHead, Anchors } from './check-anchors.ts';

/** What an audit is looked at over; null is open. `from` inclusive, `to` exclusive. */
export type Span = { readonly from: Date | null; readonly to: Date | null };

/** Rows of a writer that must be there: after one row, whose hash is known, up to and with another (null: its last). */
export type Stretch = {
  readonly after: { readonly sequence: number; readonly hash: string };
  readonly through: number | null;
};

/** A row is written when its exchange is over: by then it may be this many milliseconds since it was received. */
const LATE = 15 * 60_000;

/**
 * By writer what was written between the last anchor before a span and the first one well behind it: more than was
 * received in the span, and both ends are signed, so that nothing can be missing between them.
 */
export function stretchOf(writer: string, { list, heads }: Anchors, { from, to }: Span): Stretch {
  const of = heads.get(writer) ?? [];
  const start = from === null ? null : (list.findLast(({ at }) => at <= from) ?? null);
  const end = to === null ? null : (list.find(({ at }) => at.getTime() >= to.getTime() + LATE) ?? null);
  const before = start && headBy(of, start.number);
  const after = before ?? { sequence: 0, hash: GENESIS };
  const through = end === null ? null : (headBy(of, end.number)?.sequence ?? after.sequence);
  return { after: { sequence: after.sequence, hash: after.hash }, through };
}

/** How far a writer had come by an anchor, which names only those that moved. */
const headBy = (heads: readonly AnchoredHead[], anchor: number) =>
  heads.findLast((head) => head.anchor <= anchor);
