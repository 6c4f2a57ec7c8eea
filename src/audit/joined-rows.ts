import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import type { AuditSource } from './check-audit.ts';
import { rowLine } from './export-file.ts';
import type { Stretch } from './stretches.ts';

/** A part in an archive, and how its rows are read. */
export type ShelvedPart = ArchivePart & {
  /** Whether the database may still have its rows beside the archive. */
  readonly isCleared: boolean;
  /** Nothing where the file is not there any more, or cannot be read. */
  readonly rows: (after: number, through: number) => AsyncIterable<ChainedRow>;
};

type Needs = {
  readonly online: (
    writer: string,
    stretch: { readonly after: number; readonly through: number | null },
  ) => AsyncIterable<ChainedRow>;
  /** By sequence. */
  readonly partsOf: (writer: string) => Promise<readonly ShelvedPart[]>;
};

/** A writer's rows, from its archives and the database together, also while rows go from one to the other. */
export const joinedRows = ({ online, partsOf }: Needs): AuditSource['rows'] =>
  async function* (writer: string, { after, through }: Stretch): AsyncIterable<ChainedRow> {
    let parts = await partsOf(writer);
    let at = after.sequence;
    const partHere = () => parts.find(({ first, last }) => first <= at + 1 && at < last) ?? null;
    // Where a row is missing somebody took it away, or it was put in an archive a moment ago.
    const isArchivedNow = async () => {
      parts = await partsOf(writer);
      return partHere() !== null;
    };
    const joined = (part: ShelvedPart, from: number, until: number) => {
      const last = Math.min(part.last, until);
      const archived = between(part.rows(from, last), from, last);
      return merged(part, archived, online(writer, { after: from, through: last }));
    };
    for (;;) {
      const part = partHere();
      if (part) {
        yield* joined(part, at, through ?? part.last);
        at = part.last;
      } else
        for await (const row of untilArchived(online(writer, { after: at, through }), at, isArchivedNow)) {
          yield row;
          at = Math.max(at, row.sequence);
        }
      const isOver = through !== null && at >= through;
      if (isOver || (!part && !(await isArchivedNow()))) return;
    }
  };

/** Rows, until one is missing that is in an archive by now. */
async function* untilArchived(
  rows: AsyncIterable<ChainedRow>,
  after: number,
  isArchivedNow: () => Promise<boolean>,
): AsyncIterable<ChainedRow> {
  let at = after;
  for await (const row of rows) {
    if (row.sequence > at + 1 && (await isArchivedNow())) return;
    yield row;
    at = Math.max(at, row.sequence);
  }
}

async function* between(rows: AsyncIterable<ChainedRow>, after: number, through: number) {
  for await (const row of rows) if (row.sequence > after && row.sequence <= through) yield row;
}

/** By sequence; a row that is in both as it was archived comes once while the database has not been cleared. */
async function* merged(
  { isCleared }: ShelvedPart,
  archived: AsyncIterable<ChainedRow>,
  online: AsyncIterable<ChainedRow>,
): AsyncIterable<ChainedRow> {
  const left = online[Symbol.asyncIterator]();
  let here = await left.next();
  for await (const row of archived) {
    while (!here.done && here.value.sequence < row.sequence) {
      yield here.value;
      here = await left.next();
    }
    yield row;
    while (!here.done && here.value.sequence === row.sequence) {
      if (isCleared || rowLine(here.value) !== rowLine(row)) yield here.value;
      here = await left.next();
    }
  }
  while (!here.done) {
    yield here.value;
    here = await left.next();
  }
}
