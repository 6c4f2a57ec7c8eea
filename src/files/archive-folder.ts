import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, PART, type Placed, placedAt, syncFolder, writePart } from './durable.ts';

/** A file that is on the disk under a name that nobody reads. */
export type WrittenFile = Placed & {
  readonly path: string;
  /** Puts it under its name, in the place of whatever is there. */
  readonly place: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

export type ArchiveFolder = {
  /** Makes the folder where there is none yet, and throws where there ought to be one. */
  readonly open: (isNew: boolean) => Promise<void>;
  readonly path: (name: string) => string;
  readonly write: (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<WrittenFile>;
  readonly placed: (name: string) => Promise<Placed | null>;
  readonly remove: (name: string) => Promise<void>;
};

/** What attempts left behind that died so many milliseconds ago is taken away. */
const LEFTOVER = 86_400_000;

/** The one folder in which archives of the audit lie. */
export const archiveFolder = (root: string, mark: () => string, now: () => Date): ArchiveFolder => {
  const path = (name: string) => join(root, name);
  return {
    path,
    open: async (isNew) => {
      if (isNew) await mkdir(root, { recursive: true, mode: 0o750 });
      else if (!existsSync(root))
        throw new Error(`the folder ${root}, in which archives of the audit lie, is not there`);
      await removeLeftovers(root, now().getTime() - LEFTOVER);
    },
    write: async (name, bytes) => {
      const part = path(`${name}.${mark()}${PART}`);
      const discard = () => rm(part, { force: true });
      const placed = await writePart(part, bytes).catch(async (cause: unknown) => {
        await discard();
        throw cause;
      });
      const place = async () => {
        await rename(part, path(name));
        await syncFolder(root);
      };
      return { ...placed, path: part, place, discard };
    },
    placed: (name) => placedAt(path(name)),
    remove: async (name) => {
      await rm(path(name), { force: true });
      await syncFolder(root);
    },
  };
};

async function removeLeftovers(root: string, before: number): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.endsWith(PART)) continue;
    const found = await stat(join(root, name)).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (found && found.mtimeMs < before) await rm(join(root, name), { force: true });
  }
}
