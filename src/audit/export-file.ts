import type { ChainedRow } from '../exchange/audit-chain.ts';
import type { Anchors } from './check-anchors.ts';
import type { AuditSource } from './check-audit.ts';
import { type Span, type Stretch, stretchOf } from './stretches.ts';

/** One JSON text a line: what it is, the anchors, the rows by writer and sequence, and that this is its end. */
export const FORMAT = 'kruispunt-audit-1';

type Exported = {
  readonly span: Span;
  /** Names of the values in each row, and in each of its subjects. */
  readonly columns: readonly string[];
  readonly subjectColumns: readonly string[];
  readonly anchors: AuditSource['anchors'];
  readonly writers: readonly string[];
  readonly rows: (writer: string, stretch: Stretch) => AsyncIterable<ChainedRow>;
};

/**
 * The lines of an export: every anchor, and by writer all rows between the anchors on both sides of the span, so that
 * who has the bus's certificate can tell that none is missing.
 */
export async function* exportLines(
  { span, columns, subjectColumns, anchors, writers, rows }: Exported,
  checked: Anchors,
): AsyncIterable<string> {
  yield JSON.stringify({ format: FORMAT, from: span.from, to: span.to, columns, subjectColumns });
  for await (const { number: anchor, statement, timestamp } of anchors())
    yield JSON.stringify({ anchor, statement, ...(timestamp === null ? {} : { timestamp }) });
  for (const writer of writers)
    for await (const { id: _, ...row } of rows(writer, stretchOf(writer, checked, span)))
      yield JSON.stringify(row);
  yield JSON.stringify({ end: true });
}
