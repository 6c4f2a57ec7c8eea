import { type Caller, type Ledger, type Tray, trays } from '../exchange/pickup.ts';
import { type Place, readPlace, writePlace } from './pickup-path.ts';
import type { PartyTree } from './pickup-tree.ts';
import { type Listing, listingOf, type Reading, readingOf, type Writing, writingOf } from './sftp-handles.ts';
import { Absent, Denied, type Listed, OPEN_MODE, Unsupported } from './sftp-status.ts';

/** What a party may do in its tree, whatever the protocol calls it. */
export type Operations = ReturnType<typeof operationsOf>;

type Needs = {
  readonly tree: PartyTree;
  readonly caller: Caller;
  readonly ledger: Ledger;
  /** Whether what let the caller in still would. */
  readonly holds: () => Promise<boolean>;
  readonly maxUploadBytes: number;
};

export const isWritable = (tray: Tray): boolean => tray === 'To_Vip';

type FilePlace = Extract<Place, { kind: 'file' }>;

export function operationsOf({ tree, caller, ledger, holds, maxUploadBytes }: Needs) {
  const placeOf = (path: string): Place => {
    const place = readPlace(path);
    if (place) return place;
    // Too deep is only not there; whatever else is wrong with a path was meant to be.
    if (/(^|\/)\.\.(\/|$)|\\/.test(path)) throw new Denied('no such path');
    throw new Absent();
  };
  const fileAt = (path: string): FilePlace => {
    const place = placeOf(path);
    if (place.kind !== 'file') throw new Denied('this is no file');
    return place;
  };

  async function look(path: string): Promise<{ readonly entry: Listed; readonly writable: boolean }> {
    const place = placeOf(path);
    if (place.kind !== 'file') {
      const entry = { name: '', size: 0, modified: new Date(0), folder: true };
      return { entry, writable: place.kind === 'tray' && isWritable(place.tray) };
    }
    const found = await tree.look(place.tray, place.name);
    if (!found) throw new Absent();
    return { entry: { ...found, folder: false }, writable: isWritable(place.tray) };
  }

  async function read({ tray, name }: FilePlace): Promise<Reading> {
    if (tray === 'To_Vip') throw new Denied('what was laid down is not given back');
    const opened = await tree.open(tray, name);
    if (!opened) throw new Absent();
    try {
      await ledger.opened(caller, tray, name);
    } catch (error) {
      await opened.handle.close();
      throw error;
    }
    return readingOf({ opened, caller, tray, name, ledger });
  }

  async function write({ tray, name }: FilePlace, flags: number): Promise<Writing> {
    if (!isWritable(tray)) throw new Denied(`nothing is written in ${tray}`);
    const exclusive = (flags & OPEN_MODE.EXCL) !== 0;
    // A file is laid down whole: going on with one that is there would change what may already be taken in.
    if ((flags & OPEN_MODE.APPEND) !== 0 || (flags & (OPEN_MODE.TRUNC | OPEN_MODE.EXCL)) === 0) {
      if (await tree.look(tray, name)) throw new Denied('a file that is there is replaced, not changed');
      if ((flags & OPEN_MODE.CREAT) === 0) throw new Absent();
    }
    if (exclusive && (await tree.look(tray, name))) throw new Denied('there is a file of this name');
    const begun = await tree.begin();
    const onWhole = (size: number) => ledger.laidDown(caller, name, size);
    return writingOf({ ...begun, tree, name, exclusive, maxBytes: maxUploadBytes, onWhole });
  }

  return {
    realPath: (path: string): string => writePlace(placeOf(path)),
    look,
    open: async (path: string, flags: number): Promise<Reading | Writing> => {
      if (!(await holds())) throw new Denied('this access was taken away');
      const place = fileAt(path);
      const [reads, writes] = [(flags & OPEN_MODE.READ) !== 0, (flags & OPEN_MODE.WRITE) !== 0];
      if (writes && reads) throw new Unsupported();
      return writes ? write(place, flags) : read(place);
    },
    list: async (path: string): Promise<Listing> => {
      if (!(await holds())) throw new Denied('this access was taken away');
      const place = placeOf(path);
      if (place.kind === 'file') throw new Absent();
      if (place.kind === 'tray') {
        const found = await tree.list(place.tray);
        return listingOf(found.map((entry) => ({ ...entry, folder: false })));
      }
      return listingOf(trays.map((name) => ({ name, size: 0, modified: new Date(0), folder: true })));
    },
    rename: async (from: string, to: string): Promise<void> => {
      const [source, target] = [fileAt(from), fileAt(to)];
      const uploaded = source.tray === 'To_Vip' && target.tray === 'To_Vip';
      // Under its own name, so that retention and a new issue find it again.
      const archived =
        source.tray === 'Publicaties' && target.tray === 'cache' && source.name === target.name;
      if (!uploaded && !archived)
        throw new Denied('files are renamed in To_Vip, and put from Publicaties into cache');
      const found = await tree.look(source.tray, source.name);
      if (!found) throw new Absent();
      if (uploaded && (await tree.look(target.tray, target.name)))
        throw new Denied('there is a file of this name');
      // Written down first: what cannot be told is not done.
      if (archived) await ledger.moved(caller, 'put into cache', source.name);
      await tree.move(source.tray, source.name, target.tray, target.name);
      if (uploaded) await ledger.laidDown(caller, target.name, found.size);
    },
    remove: async (path: string): Promise<void> => {
      const place = fileAt(path);
      if (!isWritable(place.tray)) throw new Denied(`nothing is removed from ${place.tray}`);
      if (!(await tree.look(place.tray, place.name))) throw new Absent();
      await ledger.moved(caller, 'removed', place.name);
      await tree.remove(place.tray, place.name);
    },
    /** Times and rights are the bus's own; clients that set them after an upload need not fail for it. */
    setAttributes: async (path: string, changesSize: boolean): Promise<void> => {
      const place = fileAt(path);
      if (!isWritable(place.tray) || changesSize) throw new Denied('nothing changes here');
      if (!(await tree.look(place.tray, place.name))) throw new Absent();
    },
  };
}
