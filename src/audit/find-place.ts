import { type ChainedRow, linkHash } from '../exchange/audit-chain.ts';

export type Rows = () => AsyncIterable<ChainedRow>;

/** The sequence at which this row was written, when it stands elsewhere now, with or without its place; or null. */
export async function writtenAt(moved: ChainedRow, rows: Rows): Promise<number | null> {
  for await (const { sequence, previous, hash } of rows())
    if (isOf(moved, sequence) || isWrittenAs(moved, { sequence, previous, hash })) return sequence;
  return null;
}

/** A row that was written at this sequence and stands elsewhere now; or null. */
export async function writtenHere(sequence: number, rows: Rows): Promise<ChainedRow | null> {
  for await (const row of rows()) if (isOf(row, sequence)) return row;
  return null;
}

export async function rowAt(sequence: number, rows: Rows): Promise<ChainedRow | null> {
  for await (const row of rows()) if (row.sequence === sequence) return row;
  return null;
}

/** Whether a row brought what binds it along, and was written at this sequence. */
export const isOf = (row: ChainedRow, sequence: number): boolean =>
  isWrittenAs(row, { sequence, previous: row.previous, hash: row.hash });

/** Whether a row's content is what stood at a place; of one that cannot be read, whether it stands there. */
export const isWrittenAs = (
  row: ChainedRow,
  { sequence, previous, hash }: Pick<ChainedRow, 'sequence' | 'previous' | 'hash'>,
): boolean =>
  row.isUnreadable
    ? row.sequence === sequence && row.previous === previous && row.hash === hash
    : linkHash({ writer: row.writer, sequence, previous }, row) === hash;
