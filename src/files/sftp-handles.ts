import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, Caller, Ledger, Tray } from '../exchange/pickup.ts';
import { withRange } from './byte-ranges.ts';
import type { Entry, Opened, PartyTree } from './pickup-tree.ts';
import { Denied, type Listed } from './sftp-status.ts';

/** What a session has open. Each ends by `close`; `abandon` is for when the client went away instead. */
export type Handle = {
  readonly close: () => Promise<void>;
  readonly abandon: () => Promise<void>;
};
export type Reading = Handle & {
  readonly kind: 'reading';
  readonly entry: Pick<Entry, 'size' | 'modified'>;
  /** null: there is nothing there any more. */
  readonly read: (offset: number, length: number) => Promise<Buffer | null>;
};
export type Writing = Handle & {
  readonly kind: 'writing';
  readonly size: () => number;
  readonly write: (offset: number, data: Buffer) => Promise<void>;
};
export type Listing = Handle & {
  readonly kind: 'listing';
  /** Some at a time; none when all were given. */
  readonly next: () => readonly Listed[];
};

// Whoever reads a file in more pieces than this is not collecting it.
const MAX_RANGES = 100;
// What one READ is answered with at the most: every client understands packets of this size.
export const MAX_READ = 32 * 1024;
const LISTED_AT_ONCE = 100;

type Read = {
  readonly opened: Opened;
  readonly caller: Caller;
  readonly tray: Tray;
  readonly name: string;
  readonly ledger: Pick<Ledger, 'sent'>;
};

/** A file that is fetched: what left of it is written down when it is closed, however that comes. */
export function readingOf({ opened, caller, tray, name, ledger }: Read): Reading {
  const { handle, size, modified } = opened;
  let ranges: readonly ByteRange[] = [];
  async function close(): Promise<void> {
    await handle.close();
    await ledger.sent(caller, tray, { name, size, ranges });
  }
  return {
    kind: 'reading',
    entry: { size, modified },
    read: async (offset, length) => {
      const buffer = Buffer.allocUnsafe(Math.min(length, MAX_READ));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) return null;
      const extended = withRange(ranges, { from: offset, to: offset + bytesRead - 1 });
      if (extended.length <= MAX_RANGES) ranges = extended;
      return buffer.subarray(0, bytesRead);
    },
    close,
    abandon: close,
  };
}

type Write = {
  readonly handle: FileHandle;
  readonly temporary: string;
  readonly tree: Pick<PartyTree, 'finish' | 'discard' | 'look'>;
  readonly name: string;
  /** The client wants to be the first with this name. */
  readonly exclusive: boolean;
  readonly maxBytes: number;
  readonly onWhole: (size: number) => Promise<void>;
};

/** A file that is laid down. It is there under its name when it is closed and on the disk, and else never was. */
export function writingOf({ handle, temporary, tree, name, exclusive, maxBytes, onWhole }: Write): Writing {
  let size = 0;
  async function abandon(): Promise<void> {
    await handle.close();
    await tree.discard(temporary);
  }
  return {
    kind: 'writing',
    size: () => size,
    write: async (offset, data) => {
      if (offset + data.length > maxBytes) throw new Denied(`a file may have ${maxBytes} bytes`);
      // A hole would be filled with zeros nobody sent.
      if (offset > size) throw new Denied('a file is written from its beginning to its end');
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await handle.write(data, done, data.length - done, offset + done);
        done += bytesWritten;
      }
      size = Math.max(size, offset + data.length);
    },
    close: async () => {
      if (exclusive && (await tree.look('To_Vip', name))) {
        await abandon();
        throw new Denied('there is a file of this name');
      }
      try {
        await handle.sync();
      } catch (error) {
        await abandon();
        throw error;
      }
      await handle.close();
      await tree.finish(temporary, name);
      await onWhole(size);
    },
    abandon,
  };
}

export function listingOf(listed: readonly Listed[]): Listing {
  let at = 0;
  const nothing = async () => {};
  return {
    kind: 'listing',
    next: () => {
      const some = listed.slice(at, at + LISTED_AT_ONCE);
      at += some.length;
      return some;
    },
    close: nothing,
    abandon: nothing,
  };
}
