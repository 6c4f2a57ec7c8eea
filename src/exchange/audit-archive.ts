/** Rows of one writer that left the database together. */
export type ArchivePart = {
  readonly writer: string;
  readonly first: number;
  readonly last: number;
  /** Hash of the writer's row before the first; `GENESIS` where there is none. */
  readonly before: string;
  /** Hash of the last row. */
  readonly after: string;
};

/** A part, where it is and what became of it. */
export type PlacedPart = ArchivePart & {
  readonly archive: number;
  readonly isCleared: boolean;
  readonly isDestroyed: boolean;
};

/** A file of rows that left the database. */
export type MadeArchive = {
  /** From 1, without a gap. */
  readonly number: number;
  /** Everything that this anchor covers is in this archive, or in one before it. */
  readonly throughAnchor: number;
  /** When the first of its rows was received, and the last. */
  readonly from: Date;
  readonly to: Date;
  readonly rows: number;
  readonly size: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Id of the key that opens it. */
  readonly key: string;
  /** How many things were not as they were written when its rows were moved; `audit verify` names them. */
  readonly findings: number;
  readonly madeAt: Date;
};

/** An archive, and what became of it since. */
export type Archive = MadeArchive & {
  /** None of its rows is in the database any more. */
  readonly clearedAt: Date | null;
  /** Its term was over; from then on its file is taken away. */
  readonly destroyedAt: Date | null;
  /** What the bus signed of that. */
  readonly statement: string | null;
  /** The file is not there any more. */
  readonly goneAt: Date | null;
};

/** What an archive's file is called; nothing in it tells whom it is about. */
export const archiveName = (number: number): string => `audit-${String(number).padStart(6, '0')}.kra`;
