import { hash } from 'node:crypto';

export type Cell = string | number | null;

/** A row of the audit as it is kept: the values of its columns, and those of each of its subjects. */
export type Cells = { readonly row: readonly Cell[]; readonly subjects: readonly (readonly Cell[])[] };

/** A row's place: which of its writer's rows it is, and what binds it to the row before. Hashes in hexadecimal. */
export type Link = {
  readonly writer: string;
  /** From 1, without a gap. */
  readonly sequence: number;
  /** Hash of the writer's row before this one; of the first row, `GENESIS`. */
  readonly previous: string;
  readonly hash: string;
};

export type ChainedRow = Cells &
  Link & {
    readonly id: string;
    /** What was hashed cannot be read here, so that only its place can be looked at. */
    readonly isUnreadable?: true;
  };

/** The last row of a writer. `closed`: it writes nothing more. */
export type Head = {
  readonly writer: string;
  readonly sequence: number;
  readonly hash: string;
  readonly closed: boolean;
};

/** What the first row of a writer has for the hash of the row before it. */
export const GENESIS = '0'.repeat(64);

/**
 * How a writer's rows are hashed, which its name says: a UUID of version 8, whose makers fill it as they like (RFC 9562
 * §5.8), chains what is stored, in which nobody can be read. The rows of those before were hashed with the numbers of
 * whom they are about.
 */
export const formOf = (writer: string): 1 | 2 => (writer[VERSION_AT] === '8' ? 2 : 1);

/** Name of a writer that chains rows as they are chained now, made of any UUID. */
export const writerName = (uuid: string): string =>
  `${uuid.slice(0, VERSION_AT)}8${uuid.slice(VERSION_AT + 1)}`;

const VERSION_AT = 14;

/**
 * SHA-256, in hexadecimal, over a row with its subjects and its place. Every value is written with its kind and its
 * length (in UTF-16 units, as this program counts), so that no two different rows are written alike; as text, whose
 * JSON was made already for its column and is only copied.
 */
export function linkHash(
  { writer, sequence, previous }: Omit<Link, 'hash'>,
  { row, subjects }: Cells,
): string {
  let text = `kruispunt-audit-${formOf(writer)}\n${writer}\n${sequence}\n${previous}\n${row.length}\n`;
  for (const cell of row) text += encoded(cell);
  for (const subject of subjects) {
    text += `\n${subject.length}\n`;
    for (const cell of subject) text += encoded(cell);
  }
  return hash('sha256', text, 'hex');
}

const encoded = (cell: Cell): string =>
  cell === null ? '-' : typeof cell === 'number' ? `#${cell};` : `${cell.length}:${cell}`;
