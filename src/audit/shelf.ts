import { type Archive, type ArchivePart, archiveName, type PlacedPart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { ArchiveFault } from './archive-seal.ts';
import type { Lost } from './check-audit.ts';
import type { Finding } from './finding.ts';
import type { ShelvedPart } from './joined-rows.ts';
import type { KeyRing } from './key-ring.ts';
import { type OpenArchive, openArchive } from './read-archive.ts';

export type ShelfNeeds = {
  /** Path of a file of archives. */
  readonly path: (name: string) => string;
  /** SHA-256 of a file; null where there is none. */
  readonly placed: (name: string) => Promise<{ readonly sha256: string } | null>;
  /** null: they are not known here. */
  readonly keys: KeyRing | null;
  readonly archives: () => Promise<readonly Archive[]>;
  readonly archiveParts: (number: number) => Promise<readonly ArchivePart[]>;
  readonly archivePartsOf: (writer: string) => Promise<readonly PlacedPart[]>;
};

/** An archive, and why it cannot be read. */
export type Trouble = { readonly archive: Archive; readonly why: string };

export type Shelf = {
  /** Opens it, has it read, and closes it. @throws ArchiveFault */
  readonly using: <T>(number: number, read: (archive: OpenArchive) => Promise<T>) => Promise<T>;
  readonly partsOf: (writer: string) => Promise<readonly ShelvedPart[]>;
  /** Whether each file is the one that was made, and can be read; of those whose rows are nowhere else. */
  readonly lost: () => Promise<Lost>;
  readonly troubleWith: (archive: Archive) => Promise<string | null>;
};

/** The archives of an audit, where they lie. */
export function openShelf(needs: ShelfNeeds): Shelf {
  const { path, placed, keys, archives, archiveParts, archivePartsOf } = needs;

  async function using<T>(number: number, read: (archive: OpenArchive) => Promise<T>): Promise<T> {
    const archive = await opened(path(archiveName(number)), keys);
    try {
      if (archive.directory.number !== number)
        throw new ArchiveFault(`it is archive ${archive.directory.number}, under another name`);
      return await read(archive);
    } finally {
      await archive.close();
    }
  }

  async function* rowsOf(part: ArchivePart, number: number, after: number, through: number) {
    const archive = await opened(path(archiveName(number)), keys).catch((error: unknown) => {
      if (error instanceof ArchiveFault) return null; // told by `lost`
      throw error;
    });
    if (!archive) return;
    try {
      yield* tolerant(archive.rows(part.writer, after, through));
    } finally {
      await archive.close();
    }
  }

  const troubleWith = async (archive: Archive): Promise<string | null> => {
    const { number, sha256 } = archive;
    const found = await placed(archiveName(number));
    if (found === null) return 'its file is not there';
    if (found.sha256 !== sha256) return 'its file is not the one that was made';
    try {
      await using(number, async () => {});
      return null;
    } catch (cause) {
      if (cause instanceof ArchiveFault) return cause.message;
      throw cause;
    }
  };

  return {
    using,
    troubleWith,
    partsOf: async (writer) =>
      (await archivePartsOf(writer)).map(({ archive, isDestroyed, ...part }) => ({
        ...part,
        rows: (after, through) => (isDestroyed ? none() : rowsOf(part, archive, after, through)),
      })),
    lost: async () => {
      const findings: Finding[] = [];
      const parts: ArchivePart[] = [];
      for (const archive of await archives()) {
        if (archive.clearedAt === null || archive.destroyedAt !== null) continue;
        const why = await troubleWith(archive);
        if (why === null) continue;
        findings.push(unreadable(archive, why));
        parts.push(...(await archiveParts(archive.number)));
      }
      return { findings, parts };
    },
  };
}

async function* none(): AsyncIterable<ChainedRow> {}

/** A block that cannot be read has no rows: what is wrong with the file is told for all of it. */
async function* tolerant(rows: AsyncIterable<ChainedRow>): AsyncIterable<ChainedRow> {
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
  }
}

const unreadable = ({ number, from, to, rows }: Archive, why: string): Finding => ({
  ...{ what: 'unreadable', of: 'archive', writer: null, sequence: number, id: null },
  text: `archive ${number}, ${rows} rows of ${from.toISOString()} to ${to.toISOString()}, cannot be read: ${why}`,
});

/** What the file system says of a file that is not there or cannot be opened is a fault of that archive. */
async function opened(path: string, keys: ShelfNeeds['keys']): Promise<OpenArchive> {
  if (keys === null)
    throw new ArchiveFault('the keys of the audit are not known here (KRUISPUNT_AUDIT_KEYS)');
  try {
    return await openArchive(path, keys);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause)
      throw new ArchiveFault(`its file cannot be read: ${cause.message}`, { cause });
    throw cause;
  }
}
