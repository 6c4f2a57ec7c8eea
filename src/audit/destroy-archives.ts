import { type Archive, type ArchivePart, archiveName } from '../exchange/audit-archive.ts';
import type { Clock } from '../exchange/clock.ts';
import type { QName } from '../xml/names.ts';
import type { Markup } from '../xml/write.ts';
import { destructionContent, destructionRoot } from './destruction.ts';

export type DestroyNeeds = {
  readonly clock: Clock;
  readonly who: string;
  readonly archives: () => Promise<readonly Archive[]>;
  readonly archiveParts: (number: number) => Promise<readonly ArchivePart[]>;
  readonly sign: (root: QName, content: readonly Markup[]) => Uint8Array;
  readonly destroyArchive: (
    number: number,
    statement: string,
    hand: { readonly who: string; readonly at: Date },
  ) => Promise<void>;
  /** Takes a file away; does nothing where there is none. */
  readonly remove: (name: string) => Promise<void>;
  readonly markArchiveGone: (number: number, at: Date) => Promise<void>;
};

const DAY = 86_400_000;

/**
 * Destroys the archives whose term is over: so many days after the last of their rows was received. What was destroyed is
 * signed and written down first, so that a file that is gone was never gone without a word; then the file goes.
 *
 * @returns those of which it was said now
 */
export async function destroyArchives(
  { clock, who, archives, archiveParts, sign, destroyArchive, remove, markArchiveGone }: DestroyNeeds,
  keptDays: number,
  signal: AbortSignal,
): Promise<readonly Archive[]> {
  const destroyed: Archive[] = [];
  for (const archive of await archives()) {
    signal.throwIfAborted();
    const { number, from, to, rows, sha256 } = archive;
    const at = clock.now();
    if (archive.goneAt !== null || archive.clearedAt === null) continue;
    if (archive.destroyedAt === null) {
      if (to.getTime() + keptDays * DAY > at.getTime()) continue;
      const parts = await archiveParts(number);
      const content = destructionContent({ archive: number, at, from, to, keptDays, rows, sha256, parts });
      const statement = Buffer.from(sign(destructionRoot, content)).toString('utf8');
      await destroyArchive(number, statement, { who, at });
      destroyed.push(archive);
    }
    await remove(archiveName(number));
    await markArchiveGone(number, at);
  }
  return destroyed;
}
