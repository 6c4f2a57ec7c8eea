import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, replaceDurably, syncFolder } from './durable.ts';
import { isFileName } from './pickup-path.ts';
import { makeTrays } from './tree.ts';

/** What parties laid down, and where the bus keeps it: where they do not see it, so that it stays what was looked at. */
export type IntakeTray = {
  /** Parties in whose To_Vip a voucher lies. */
  readonly parties: () => Promise<readonly number[]>;
  /** Names of the vouchers in a party's To_Vip. */
  readonly vouchers: (partyId: number) => Promise<readonly string[]>;
  /** What lies in To_Vip, up to one byte more than may be; null when there is no such file. */
  readonly read: (partyId: number, name: string, most: number) => Promise<Buffer | null>;
  readonly lies: (partyId: number, name: string) => Promise<boolean>;
  /** Puts a file of To_Vip where the bus keeps it; false when it is in neither place. Durable when it resolves. */
  readonly keep: (partyId: number, name: string, as: string) => Promise<boolean>;
  readonly isKept: (partyId: number, as: string) => Promise<boolean>;
  readonly pathOf: (partyId: number, as: string) => string;
  readonly bytesOf: (partyId: number, as: string) => AsyncIterable<Uint8Array>;
  /** Takes a file out of To_Vip; nothing happens where there is none. */
  readonly discard: (partyId: number, name: string) => Promise<void>;
  /** Takes away what was kept, and its receipt. */
  readonly clear: (partyId: number, kept: readonly string[], receipts: readonly string[]) => Promise<void>;
  /** Puts bytes in From_Vip, in the place of what has that name. Durable when it resolves. */
  readonly answer: (partyId: number, name: string, bytes: Uint8Array) => Promise<void>;
};

type Needs = { readonly root: string; readonly randomId: () => string };

const VOUCHER = /\.voucher\.xml$/;

/** Trees of all parties below one root, as `fileTree` and `partyTree` see them. */
export function intakeTray({ root, randomId }: Needs): IntakeTray {
  const at = (partyId: number, tray: string, name: string) => {
    if (!isFileName(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a file`);
    return join(root, `p${partyId}`, tray, name);
  };
  const laid = (partyId: number, name: string) => at(partyId, 'To_Vip', name);
  // A folder in a folder is nothing that a party can reach.
  const kept = (partyId: number, name: string) => at(partyId, join('cache', 'to_vip'), name);
  const vouchers = async (partyId: number) =>
    (await namesIn(join(root, `p${partyId}`, 'To_Vip'))).filter(
      (name) => VOUCHER.test(name) && isFileName(name),
    );
  return {
    parties: async () => {
      const ids = (await namesIn(root)).flatMap((name) => /^p([1-9]\d{0,9})$/.exec(name)?.[1] ?? []);
      const found: number[] = [];
      for (const id of ids.map(Number)) if ((await vouchers(id)).length > 0) found.push(id);
      return found;
    },
    vouchers,
    read: async (partyId, name, most) => {
      const path = laid(partyId, name);
      if (!(await isFile(path))) return null;
      const pieces: Buffer[] = [];
      // One byte more than may be tells that there are more.
      for await (const piece of createReadStream(path, { end: most })) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    lies: (partyId, name) => isFile(laid(partyId, name)),
    keep: async (partyId, name, as) => {
      const [from, to] = [laid(partyId, name), kept(partyId, as)];
      if (await isFile(to)) return true;
      if (!(await isFile(from))) return false;
      await makeTrays(root, partyId);
      await mkdir(dirname(to), { recursive: true, mode: 0o750 });
      try {
        await rename(from, to);
      } catch (error) {
        // Somebody else put it there meanwhile, or its party took it away.
        if (isMissing(error)) return isFile(to);
        throw error;
      }
      for (const folder of [dirname(dirname(to)), dirname(to), dirname(from)]) await syncFolder(folder);
      return true;
    },
    isKept: (partyId, as) => isFile(kept(partyId, as)),
    pathOf: kept,
    bytesOf: (partyId, as) => createReadStream(kept(partyId, as)),
    discard: (partyId, name) => rm(laid(partyId, name), { force: true }),
    clear: async (partyId, names, receipts) => {
      for (const name of names) await rm(kept(partyId, name), { force: true });
      for (const name of receipts) await rm(at(partyId, 'From_Vip', name), { force: true });
    },
    answer: async (partyId, name, bytes) => {
      await makeTrays(root, partyId);
      await replaceDurably(at(partyId, 'From_Vip', name), [bytes], randomId());
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
