import type { ChainedRow } from '../exchange/audit-chain.ts';
import type { Anchors } from './check-anchors.ts';
import type { AuditSource } from './check-audit.ts';
import { type Span, type Stretch, stretchOf } from './stretches.ts';

/** One JSON text a line: what it is, the anchors, what was destroyed, the rows by writer and sequence, and that this is its end. */
export const FORMAT = 'kruispunt-audit-1';

type Exported = {
  readonly span: Span;
  /** Names of the values in each row, and in each of its subjects. */
  readonly columns: readonly string[];
  readonly subjectColumns: readonly string[];
  readonly anchors: AuditSource['anchors'];
  readonly destructions: AuditSource['destructions'];
  readonly writers: readonly string[];
  readonly rows: (writer: string, stretch: Stretch) => AsyncIterable<ChainedRow>;
};

/**
 * The lines of an export: every anchor, and by writer all rows between the anchors on both sides of the span, so that
 * who has the bus's certificate can tell that none is missing.
 */
export async function* exportLines(
  { span, columns, subjectColumns, anchors, destructions, writers, rows }: Exported,
  checked: Anchors,
): AsyncIterable<string> {
  yield headerLine(span, columns, subjectColumns);
  for await (const anchor of anchors()) yield anchorLine(anchor);
  for await (const { number, statement } of destructions())
    yield JSON.stringify({ destruction: number, statement });
  for (const writer of writers)
    for await (const row of rows(writer, stretchOf(writer, checked, span))) yield rowLine(row);
  yield END;
}

export const headerLine = (
  { from, to }: Span,
  columns: readonly string[],
  subjectColumns: readonly string[],
): string => JSON.stringify({ format: FORMAT, from, to, columns, subjectColumns });
type Anchored = {
  readonly number: number;
  readonly statement: string;
  readonly timestamp: string | null;
};
export const anchorLine = ({ number: anchor, statement, timestamp }: Anchored): string =>
  JSON.stringify({ anchor, statement, ...(timestamp === null ? {} : { timestamp }) });
export const rowLine = ({ id: _, ...row }: ChainedRow): string => JSON.stringify(row);
export const END = JSON.stringify({ end: true });
