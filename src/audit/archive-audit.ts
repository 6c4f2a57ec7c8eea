import type { Archive, ArchivePart, MadeArchive } from '../exchange/audit-archive.ts';
import type { Clock } from '../exchange/clock.ts';
import { type ChooseNeeds, type Chosen, chooseArchive } from './choose-archive.ts';
import type { Finding } from './finding.ts';

/** What was written under a name that nobody reads yet. */
export type Written = Pick<MadeArchive, 'from' | 'to' | 'rows' | 'size' | 'sha256' | 'key'> & {
  readonly findings: readonly Finding[];
  /** Puts it where it is read. */
  readonly place: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

type Hand = { readonly who: string; readonly at: Date };

export type ArchiveNeeds = ChooseNeeds & {
  readonly clock: Clock;
  readonly who: string;
  readonly lastArchive: () => Promise<Archive | null>;
  readonly archiveParts: (number: number) => Promise<readonly ArchivePart[]>;
  /** Writes a file and reads all of it back. */
  readonly write: (number: number, chosen: Chosen, signal: AbortSignal) => Promise<Written>;
  readonly keepArchive: (
    archive: MadeArchive,
    parts: readonly ArchivePart[],
    place: () => Promise<void>,
    hand: Hand,
  ) => Promise<boolean>;
  /** Why an archive's file cannot be read as it was made; null when it can. */
  readonly troubleWith: (archive: Archive) => Promise<string | null>;
  readonly removeArchived: (part: ArchivePart, limit: number) => Promise<number>;
  readonly markArchiveCleared: (number: number, at: Date) => Promise<void>;
  /** Lets those who answer questions have their turn. */
  readonly rest: (signal: AbortSignal) => Promise<void>;
};

export type Due = {
  /** What an anchor had covered by then is put in an archive. */
  readonly until: Date;
  /** What is not enough for a full one waits until an anchor of it is this old. */
  readonly waitUntil: Date;
};

/** Rows of one transaction: nobody who records waits for longer. */
const AT_ONCE = 500;

/**
 * Makes the next archive, if one is due: a file that is written, read back and put in its place; then what is in it leaves
 * the database. An archive whose rows are partly there yet, since a process was killed, is cleared before another is made.
 * May be repeated at any time, and be done by several at once.
 *
 * @returns null when there was nothing to do
 */
export async function archiveAudit(
  needs: ArchiveNeeds,
  { until, waitUntil }: Due,
  signal: AbortSignal,
): Promise<{ readonly archive: MadeArchive; readonly findings: readonly Finding[] } | null> {
  const { clock, who, lastArchive, write, keepArchive } = needs;
  const last = await lastArchive();
  if (last && last.clearedAt === null) await clear(needs, last, signal);
  const chosen = await chooseArchive(needs, last?.throughAnchor ?? 0, until);
  if (chosen === null || (!chosen.isFull && chosen.since > waitUntil)) return null;

  const number = (last?.number ?? 0) + 1;
  const { place, discard, findings, ...written } = await write(number, chosen, signal);
  const { throughAnchor, parts } = chosen;
  const made = { ...written, findings: findings.length, number, throughAnchor, madeAt: clock.now() };
  const isOurs = await keepArchive(made, parts, place, { who, at: made.madeAt }).catch(
    async (cause: unknown) => {
      await discard();
      throw cause;
    },
  );
  if (!isOurs) {
    await discard();
    return null;
  }
  const kept = await lastArchive();
  if (kept?.number === number) await clear(needs, kept, signal);
  return { archive: made, findings };
}

/** Takes out of the database what can be read in the archive. */
async function clear(
  { clock, troubleWith, archiveParts, removeArchived, markArchiveCleared, rest }: ArchiveNeeds,
  archive: Archive,
  signal: AbortSignal,
): Promise<void> {
  const trouble = await troubleWith(archive);
  if (trouble !== null)
    throw new Error(
      `archive ${archive.number} cannot be read, and its rows stay in the database: ${trouble}`,
    );
  for (const part of await archiveParts(archive.number))
    while ((await removeArchived(part, AT_ONCE)) > 0) {
      signal.throwIfAborted();
      await rest(signal);
    }
  await markArchiveCleared(archive.number, clock.now());
}
