import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type Tray, trays } from '../exchange/pickup.ts';
import { isMissing, PART, type Placed, placeDurably, placedAt, syncFolder } from './durable.ts';

/** One tree of folders a party, below one root, on one file system. */
export type FileTree = {
  /** The party's own root, which is all that it ever sees; made, with its folders, when it is not there yet. */
  readonly open: (partyId: number) => Promise<string>;
  /** @throws Error when the name could lead anywhere else */
  readonly path: (partyId: number, folder: Tray, name: string) => string;
  /** Puts bytes under a name, whole or not at all (`placeDurably`). */
  readonly place: (
    partyId: number,
    folder: Tray,
    name: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ) => Promise<Placed>;
  /** What is under a name; null when nothing is. Only for what is small. */
  readonly read: (partyId: number, folder: Tray, name: string) => Promise<Buffer | null>;
  /** Whether a file is, in its folder or where its party moved it, still what it was. */
  readonly isThere: (partyId: number, folder: Tray, name: string, sha256: string) => Promise<boolean>;
  /** Puts such a file back into its folder; null when it is gone. */
  readonly putBack: (partyId: number, folder: Tray, name: string, sha256: string) => Promise<Placed | null>;
  /** Takes a file away; nothing happens where there is none. */
  readonly remove: (partyId: number, folder: Tray, name: string) => Promise<void>;
  /** Removes what attempts of ours that died before a moment have left behind; how many files that were. */
  readonly sweep: (before: Date) => Promise<number>;
};

type Needs = {
  readonly root: string;
  /** Letters, digits and hyphens, another each time. */
  readonly randomId: () => string;
};

/** Letters, digits and a few signs, beginning with one of the first two, as any system can store. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

export const isSafeName = (name: string) => SAFE.test(name) && !name.endsWith(PART);

function partyRoot(root: string, partyId: number): string {
  if (!Number.isSafeInteger(partyId) || partyId < 1) throw new Error(`${partyId} is no party`);
  return join(root, `p${partyId}`);
}

/** The party's own root below `root`; made, with its folders, when it is not there yet, and durable then. */
export async function makeTrays(root: string, partyId: number): Promise<string> {
  const own = partyRoot(root, partyId);
  for (const folder of trays) {
    const made = await mkdir(join(own, folder), { recursive: true, mode: 0o750 });
    if (made !== undefined) await syncUpTo(join(own, folder), dirname(made));
  }
  return own;
}

export function fileTree({ root, randomId }: Needs): FileTree {
  const path = (partyId: number, folder: Tray, name: string) => {
    if (!isSafeName(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a file`);
    return join(partyRoot(root, partyId), folder, name);
  };
  const open = (partyId: number) => makeTrays(root, partyId);
  async function findAgain(partyId: number, folder: Tray, name: string, sha256: string) {
    for (const each of [folder, ...trays]) {
      const found = path(partyId, each, name);
      if ((await placedAt(found))?.sha256 === sha256) return found;
    }
    return null;
  }
  return {
    open,
    path,
    place: async (partyId, folder, name, bytes) => {
      const target = path(partyId, folder, name);
      await open(partyId);
      return placeDurably(target, bytes, randomId());
    },
    read: (partyId, folder, name) => orNull(readFile(path(partyId, folder, name))),
    isThere: async (...file) => (await findAgain(...file)) !== null,
    putBack: async (partyId, folder, name, sha256) => {
      const found = await findAgain(partyId, folder, name, sha256);
      if (found === null) return null;
      const target = path(partyId, folder, name);
      return placeDurably(target, createReadStream(found), randomId());
    },
    remove: (partyId, folder, name) => rm(path(partyId, folder, name), { force: true }),
    sweep: (before) => sweep(root, before),
  };
}

async function syncUpTo(folder: string, top: string): Promise<void> {
  for (let at = folder; at.length >= top.length; at = dirname(at)) {
    await syncFolder(at);
    if (at === top) return;
  }
}

/** What a party is just putting into its own folder is its own affair. */
const isOurs = (name: string) => OUTGOING.has(name.split(sep)[1] ?? '');
const OUTGOING: ReadonlySet<string> = new Set<Tray>(['Publicaties', 'From_Vip']);

async function sweep(root: string, before: Date): Promise<number> {
  let removed = 0;
  for (const name of await namesBelow(root)) {
    if (!name.endsWith(PART) || !isOurs(name)) continue;
    const file = join(root, name);
    const found = await orNull(stat(file));
    if (found === null || found.mtimeMs >= before.getTime()) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

async function namesBelow(root: string): Promise<readonly string[]> {
  return (await orNull(readdir(root, { recursive: true }))) ?? [];
}

async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
