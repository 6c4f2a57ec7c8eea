import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, opendir, realpath, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Tray } from '../exchange/pickup.ts';
import { syncFolder } from './durable.ts';
import { isFileName } from './pickup-path.ts';
import { makeTrays } from './tree.ts';

export type Entry = { readonly name: string; readonly size: number; readonly modified: Date };
/** A file that is open for reading; whoever opened it closes it. */
export type Opened = { readonly handle: FileHandle; readonly size: number; readonly modified: Date };

/** The folders of one party on disk. Only plain files in the four folders are there; links and devices are not. */
export type PartyTree = {
  readonly list: (tray: Tray) => Promise<readonly Entry[]>;
  readonly look: (tray: Tray, name: string) => Promise<Entry | null>;
  readonly open: (tray: Tray, name: string) => Promise<Opened | null>;
  /** An empty file under a name of the bus's own, in To_Vip; it gets its name when it is whole. */
  readonly begin: () => Promise<{ readonly handle: FileHandle; readonly temporary: string }>;
  /** Gives what `begin` made its name. Durable when it resolves. */
  readonly finish: (temporary: string, name: string) => Promise<void>;
  readonly discard: (temporary: string) => Promise<void>;
  /** Durable when it resolves; what had the name is replaced. */
  readonly move: (from: Tray, name: string, to: Tray, newName: string) => Promise<void>;
  readonly remove: (tray: Tray, name: string) => Promise<void>;
};

/** The disk is not as the bus made it: somebody put a link where a folder was. */
export class TreeError extends Error {}

// Nothing the bus or a party puts down comes near it; it bounds what one listing holds in memory.
const MAX_ENTRIES = 20_000;
// A pipe or device would keep the opening waiting; a link would lead elsewhere.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MAKE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const UNFINISHED = /^\.upload-.*\.part$/;

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null);
/** What there is not, or what is no file: ELOOP is a link that was not followed, ENXIO a pipe nobody writes to. */
const isAbsence = (error: unknown) => ['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes(String(codeOf(error)));

/** What the bus writes under before a file is whole, which nobody is to see. */
const isShown = (tray: Tray, name: string) =>
  isFileName(name) && (tray === 'To_Vip' || !name.endsWith('.part'));

/** The folder of one party below `root` (`$KRUISPUNT_VAR/files`), made when it is first looked into. */
export function partyTree(root: string, partyId: number, randomId: () => string): PartyTree {
  let made: Promise<string> | null = null;

  /** Without links, as the party's own folder must be. */
  async function make(): Promise<string> {
    const own = await makeTrays(root, partyId);
    return join(await realpath(root), basename(own));
  }

  /** Looked at every time: an operator may have put a link there meanwhile. */
  async function folder(tray: Tray): Promise<string> {
    made ??= make();
    const path = join(await made, tray);
    if ((await realpath(path)) !== path) throw new TreeError(`${path} leads elsewhere`);
    return path;
  }

  async function look(tray: Tray, name: string): Promise<Entry | null> {
    if (!isShown(tray, name)) return null;
    try {
      const found = await lstat(join(await folder(tray), name));
      return found.isFile() ? { name, size: found.size, modified: found.mtime } : null;
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  return {
    look,
    list: async (tray) => {
      const names: string[] = [];
      for await (const { name } of await opendir(await folder(tray))) {
        if (names.length < MAX_ENTRIES) names.push(name);
      }
      const entries: Entry[] = [];
      for (const name of names.sort()) {
        const entry = await look(tray, name);
        if (entry) entries.push(entry);
      }
      return entries;
    },
    open: async (tray, name) => {
      if (!isShown(tray, name)) return null;
      try {
        return await openFile(join(await folder(tray), name));
      } catch (error) {
        if (isAbsence(error)) return null;
        throw error;
      }
    },
    begin: async () => {
      const temporary = `.upload-${randomId()}.part`;
      return { handle: await open(join(await folder('To_Vip'), temporary), MAKE, 0o600), temporary };
    },
    finish: async (temporary, name) => {
      const path = await folder('To_Vip');
      await rename(join(path, temporary), join(path, name));
      await syncFolder(path);
    },
    discard: async (temporary) => unlink(join(await folder('To_Vip'), temporary)),
    move: async (from, name, to, newName) => {
      const [source, target] = [await folder(from), await folder(to)];
      await rename(join(source, name), join(target, newName));
      await syncFolder(target);
      if (source !== target) await syncFolder(source);
    },
    remove: async (tray, name) => unlink(join(await folder(tray), name)),
  };
}

async function openFile(path: string): Promise<Opened | null> {
  const handle = await open(path, READ);
  try {
    const found = await handle.stat();
    if (found.isFile()) return { handle, size: found.size, modified: found.mtime };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return null;
}

/** Takes away what was being laid down when the process ended; to be called before anybody comes in. */
export async function clearUnfinished(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  for await (const { name: party } of await opendir(root)) {
    const path = join(root, party, 'To_Vip');
    const found = await lstat(path).catch(() => null);
    if (!/^p\d+$/.test(party) || !found?.isDirectory()) continue;
    for await (const { name } of await opendir(path))
      if (UNFINISHED.test(name)) await unlink(join(path, name));
  }
}
