import type { ArchivePart } from '../exchange/audit-archive.ts';
import { GENESIS, type Head } from '../exchange/audit-chain.ts';
import { AnchorFault, type AnchorReader } from './read-anchor.ts';

type Place = { readonly sequence: number; readonly hash: string };
type Statement = { readonly number: number; readonly statement: string };

export type ChooseNeeds = {
  readonly anchorsAfter: (number: number) => AsyncIterable<Statement & { readonly madeAt: Date }>;
  readonly archivedHeads: (writers: readonly string[]) => Promise<ReadonlyMap<string, Place>>;
  /** A writer's row that comes so many rows after a sequence number; null where there are not as many. */
  readonly rowFurtherOn: (writer: string, after: number, count: number) => Promise<Place | null>;
  /** Whoever signed them: what an anchor is worth is for who verifies. */
  readonly readAnchor: AnchorReader;
};

/** What the next archive is to hold. */
export type Chosen = {
  readonly throughAnchor: number;
  readonly parts: readonly ArchivePart[];
  /** Those that vouch for the ends of its parts. */
  readonly anchors: readonly Statement[];
  /** When the first anchor was made that has rows in it, and the last. */
  readonly since: Date;
  readonly until: Date;
  /** There is more than one archive can hold. */
  readonly isFull: boolean;
};

/** Rows of an archive: some ten megabytes, and half a minute of work. */
export const MOST_ROWS = 50_000;
/** Parts of an archive, all of which the statement of its destruction names. */
const MOST_PARTS = 2_000;

type End = Head & { readonly anchor: Statement };

/**
 * Chooses what was written between one anchor and a later one, as much as an archive holds, and nothing that an anchor
 * since `until` is the first to cover. What is more between two anchors alone is divided over several archives.
 */
export async function chooseArchive(
  { anchorsAfter, archivedHeads, rowFurtherOn, readAnchor }: ChooseNeeds,
  throughAnchor: number,
  until: Date,
  most = MOST_ROWS,
): Promise<Chosen | null> {
  const ends = new Map<string, End>();
  const begins = new Map<string, Place>();
  let through = throughAnchor;
  let [since, last]: [Date | null, Date] = [null, until];
  let isFull = false;
  for await (const { number, statement, madeAt } of anchorsAfter(throughAnchor)) {
    if (madeAt > until) break;
    const anchor = { number, statement };
    const heads = headsOf(statement, readAnchor);
    await findBegins(begins, heads, archivedHeads);
    const moved = heads.filter(({ writer, sequence }) => sequence > (begins.get(writer) ?? NONE).sequence);
    const withThese = new Map(ends);
    for (const head of moved) withThese.set(head.writer, { ...head, anchor });
    isFull = rowsOf(withThese, begins) > most || withThese.size > MOST_PARTS;
    if (isFull && ends.size > 0) break;
    if (isFull) {
      const parts = await divided(inOrder([...withThese.values()]), begins, rowFurtherOn, most);
      return {
        throughAnchor: through,
        parts,
        anchors: anchorsOf(parts, withThese),
        since: madeAt,
        until: madeAt,
        isFull,
      };
    }
    for (const [writer, end] of withThese) ends.set(writer, end);
    through = number;
    if (moved.length === 0) continue;
    since ??= madeAt;
    last = madeAt;
  }
  if (since === null) return null;
  const parts = inOrder([...ends.values()]).map((end) => partOf(begins, end, end));
  return { throughAnchor: through, parts, anchors: anchorsOf(parts, ends), since, until: last, isFull };
}

const NONE: Place = { sequence: 0, hash: GENESIS };

const inOrder = (ends: readonly End[]) => ends.toSorted((a, b) => (a.writer < b.writer ? -1 : 1));

/** One that cannot be read has no heads: the next one covers what it would have, and verifying names it. */
function headsOf(statement: string, readAnchor: AnchorReader): readonly Head[] {
  // Most anchors of a bus that rests say nothing; to look for a word is quicker than to read.
  if (!statement.includes('head>')) return [];
  try {
    return readAnchor(statement).heads;
  } catch (cause) {
    if (cause instanceof AnchorFault) return [];
    throw cause;
  }
}

async function findBegins(
  begins: Map<string, Place>,
  heads: readonly Head[],
  archivedHeads: ChooseNeeds['archivedHeads'],
): Promise<void> {
  const strange = heads.map(({ writer }) => writer).filter((writer) => !begins.has(writer));
  if (strange.length === 0) return;
  const archived = await archivedHeads(strange);
  for (const writer of strange) begins.set(writer, archived.get(writer) ?? NONE);
}

const rowsOf = (ends: ReadonlyMap<string, End>, begins: ReadonlyMap<string, Place>): number =>
  [...ends.values()].reduce(
    (sum, { writer, sequence }) => sum + sequence - (begins.get(writer) ?? NONE).sequence,
    0,
  );

const partOf = (begins: ReadonlyMap<string, Place>, { writer }: End, to: Place): ArchivePart => {
  const { sequence, hash } = begins.get(writer) ?? NONE;
  return { writer, first: sequence + 1, last: to.sequence, before: hash, after: to.hash };
};

/** As many whole parts as there is room for, and the beginning of one more. */
async function divided(
  ends: readonly End[],
  begins: ReadonlyMap<string, Place>,
  rowFurtherOn: ChooseNeeds['rowFurtherOn'],
  most: number,
): Promise<readonly ArchivePart[]> {
  const parts: ArchivePart[] = [];
  let room = most;
  for (const end of ends.slice(0, MOST_PARTS)) {
    const begin = (begins.get(end.writer) ?? NONE).sequence;
    const further =
      end.sequence - begin > room ? await rowFurtherOn(end.writer, begin, Math.max(room, 1)) : null;
    const to = further && further.sequence < end.sequence ? further : end;
    parts.push(partOf(begins, end, to));
    room -= to.sequence - begin;
    if (room <= 0) break;
  }
  return parts;
}

const anchorsOf = (parts: readonly ArchivePart[], ends: ReadonlyMap<string, End>): readonly Statement[] => {
  const named = parts.flatMap(({ writer, last }) => {
    const end = ends.get(writer);
    return end && end.sequence === last ? [[end.anchor.number, end.anchor] as const] : [];
  });
  return [...new Map(named).values()].sort((a, b) => a.number - b.number);
};
