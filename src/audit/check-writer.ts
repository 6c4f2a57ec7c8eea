import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import type { AnchoredHead } from './check-anchors.ts';
import { isOf, isWrittenAs, type Rows, rowAt, writtenAt, writtenHere } from './find-place.ts';
import type { Finding } from './finding.ts';
import { overGaps } from './over-gaps.ts';
import type { Stretch } from './stretches.ts';

export type WriterReport = {
  /** The first thing that is wrong; what is behind it was not looked at. */
  readonly finding: Finding | null;
  readonly rows: number;
  /** Rows of which only the place could be looked at. */
  readonly unreadable: number;
  /** What no anchor covers. */
  readonly beyond: { readonly writer: string; readonly rows: number; readonly first: ChainedRow } | null;
};

type Place = { readonly sequence: number; readonly hash: string; readonly id: string | null };

/**
 * Follows one writer's rows from one to the next, and says where they are not as they were written.
 *
 * @param gaps parts of which it is said elsewhere why none of their rows is there, by sequence
 */
export async function checkWriter(
  writer: string,
  { after, through }: Stretch,
  heads: readonly AnchoredHead[],
  rows: Rows,
  gaps: readonly ArchivePart[] = [],
): Promise<WriterReport> {
  const within = heads.filter(
    ({ sequence }) => sequence > after.sequence && (through === null || sequence <= through),
  );
  const anchored = new Map(within.map((head) => [head.sequence, head]));
  const closedAt = heads.find(({ closed }) => closed)?.sequence ?? Number.POSITIVE_INFINITY;
  const lastAnchored = Math.max(after.sequence, ...anchored.keys());
  let place: Place = { ...after, id: null };
  // Between the last row that an anchor vouches for and the next, all hashes may have been made anew.
  let unsure: { readonly sequence: number; readonly id: string } | null = null;
  let [count, unreadable] = [0, 0];
  const behind: { first: ChainedRow | null; rows: number } = { first: null, rows: 0 };
  const done = (finding: Finding | null): WriterReport => {
    const { first, rows: found } = behind;
    return { finding, rows: count, unreadable, beyond: first && { writer, rows: found, first } };
  };

  const jump = () => {
    const over = overGaps(writer, place, gaps, anchored);
    if (over.place.sequence > place.sequence) unsure = null;
    place = over.place.sequence > place.sequence ? { ...over.place, id: null } : place;
    return over.finding;
  };

  for await (const [here, next] of bySequence(rows())) {
    const [row] = here;
    if (!row) continue;
    const finding =
      jump() ?? twice(place, here) ?? (await placeFault(place, row, next, rows)) ?? tooLate(row, closedAt);
    if (finding) return done(finding);
    count += 1;
    if (row.isUnreadable) unreadable += 1;
    unsure ??= { sequence: row.sequence, id: row.id };
    const head = anchored.get(row.sequence);
    if (head && head.hash !== row.hash) return done(madeAnew(unsure, row, head));
    if (head) unsure = null;
    if (row.sequence > lastAnchored) {
      behind.first ??= row;
      behind.rows += 1;
    }
    place = row;
  }
  const behindAll = jump();
  if (behindAll) return done(behindAll);
  if (place.sequence < lastAnchored) return done(removed(writer, place.sequence + 1, lastAnchored));
  return done(null);
}

/** Rows of one sequence together, with the first of what follows. */
async function* bySequence(
  rows: AsyncIterable<ChainedRow>,
): AsyncIterable<readonly [readonly ChainedRow[], ChainedRow | null]> {
  let here: ChainedRow[] = [];
  for await (const row of rows) {
    if (here.length > 0 && here[0]?.sequence !== row.sequence) {
      yield [here, row];
      here = [];
    }
    here.push(row);
  }
  if (here.length > 0) yield [here, null];
}

const told = (what: Finding['what'], { writer, sequence, id }: ChainedRow, text: string): Finding => ({
  ...{ what, of: 'row', writer, sequence, id },
  text,
});

const removed = (writer: string, from: number, to: number): Finding => ({
  ...{ what: 'removed', of: 'row', writer, sequence: from, id: null },
  text: from === to ? `row ${from} was removed` : `rows ${from} to ${to} were removed`,
});

function twice(place: Place, here: readonly ChainedRow[]): Finding | null {
  if (here.length < 2) return null;
  const own = here.find((row) => row.previous === place.hash && isOf(row, row.sequence));
  const other = here.find((row) => row !== own);
  return other ? told('inserted', other, `a second row was inserted at ${other.sequence}`) : null;
}

const tooLate = (row: ChainedRow, closedAt: number): Finding | null =>
  row.sequence > closedAt
    ? told('inserted', row, `row ${row.sequence} was inserted: this writer was closed at ${closedAt}`)
    : null;

const madeAnew = (unsure: { sequence: number; id: string }, last: ChainedRow, head: AnchoredHead): Finding =>
  told(
    'changed',
    { ...last, ...unsure },
    `at least one of the rows ${unsure.sequence} to ${last.sequence} was changed, and every hash from there on made ` +
      `anew: anchor ${head.anchor} has another for row ${last.sequence}`,
  );

async function placeFault(
  place: Place,
  row: ChainedRow,
  next: ChainedRow | null,
  rows: Rows,
): Promise<Finding | null> {
  const expected = place.sequence + 1;
  if (row.sequence < expected)
    return told('inserted', row, `row ${row.sequence} was inserted: nothing is written before ${expected}`);
  if (row.sequence > expected) return gap(expected, row, rows);
  if (!isOf(row, expected)) return contentFault(place, row, next, rows);
  if (row.previous === place.hash) return null;
  if (place.id === null)
    return told('changed', row, `row ${expected} was changed, and its hash made to fit: it follows no row`);
  const before = { ...row, sequence: place.sequence, id: place.id };
  return told('changed', before, `row ${place.sequence} was changed, and its hash made to fit`);
}

async function gap(expected: number, row: ChainedRow, rows: Rows): Promise<Finding> {
  const moved = await writtenHere(expected, rows);
  return moved
    ? told('reordered', moved, `the row that was written at ${expected} stands at ${moved.sequence}`)
    : removed(row.writer, expected, row.sequence - 1);
}

const swapped = (row: ChainedRow, other: number) =>
  told('reordered', row, `rows ${row.sequence} and ${other} have changed places`);

/** A row that is not what was written here: another one's, or changed. */
async function contentFault(
  place: Place,
  row: ChainedRow,
  next: ChainedRow | null,
  rows: Rows,
): Promise<Finding> {
  const here = row.sequence;
  // Where all that follows was moved up by one, this or the row before was put in between.
  if (isOf(row, here - 1) && place.id !== null) {
    const put = { ...row, sequence: here - 1, id: place.id };
    return told('inserted', put, `row ${here - 1} was inserted, and those after it moved up`);
  }
  if (next && isOf(next, here))
    return isOf(row, next.sequence)
      ? swapped(row, next.sequence)
      : told('inserted', row, `row ${here} was inserted, and those after it moved up`);
  const origin = await writtenAt(row, rows);
  if (origin === null) {
    // The rows behind one that was taken away moved down, and this is the last of them.
    if (isOf(row, here + 1)) return removed(row.writer, here, here);
    return told('changed', row, `row ${here} was changed`);
  }
  const there = await rowAt(origin, rows);
  if (there && (isOf(there, here) || isWrittenAs(there, row))) return swapped(row, origin);
  return isOf(row, origin) && origin > here
    ? removed(row.writer, here, origin - 1)
    : told('reordered', row, `row ${here} is the one that was written at ${origin}`);
}
