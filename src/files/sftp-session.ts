import type { Socket } from 'node:net';
import type { Attributes, SFTPWrapper } from 'ssh2';
import { readPlace } from './pickup-path.ts';
import type { Handle, Listing, Reading, Writing } from './sftp-handles.ts';
import { isWritable, type Operations } from './sftp-operations.ts';
import { takeRequests } from './sftp-requests.ts';
import {
  Absent,
  attributesOf,
  Denied,
  fileEntry,
  STATUS_CODE,
  statusOf,
  Unsupported,
} from './sftp-status.ts';

type Needs = {
  readonly socket: Socket;
  readonly operations: Operations;
  readonly maxHandles: number;
  /** Something was asked: the session is not idle. */
  readonly onRequest: () => void;
  /** Something was refused, which is written down; the session ends when it says false. */
  readonly onDenied: (what: string) => Promise<boolean>;
  /** Something was asked for that is not there, perhaps because it is another's. */
  readonly onMissed: (what: string) => Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** The client is to be sent away. */
  readonly disconnect: () => void;
};

export type Served = {
  /** Resolves when all that the client asked is done. */
  readonly finish: () => Promise<void>;
  /** Closes what the client left open. */
  readonly close: () => Promise<void>;
};

/** The name under which the library keeps the window that the client gave; beyond it, it holds back in memory. */
function windowOf(sftp: SFTPWrapper): number {
  const outgoing: unknown = Reflect.get(sftp, 'outgoing');
  const open =
    typeof outgoing === 'object' && outgoing !== null && 'window' in outgoing ? outgoing.window : 1;
  return typeof open === 'number' ? open : 1;
}

/** Answers the requests of one SFTP session with what its party may do. */
export function serveSftp(sftp: SFTPWrapper, needs: Needs): Served {
  const { socket, operations, onFault, disconnect } = needs;
  const handles = new Map<number, Reading | Writing | Listing>();
  let nextHandle = 1;
  const requests = takeRequests({ socket, window: () => windowOf(sftp), onFlood: disconnect, onFault });

  function keep(id: number, handle: Reading | Writing | Listing): void {
    const name = Buffer.alloc(4);
    name.writeUInt32BE(nextHandle);
    handles.set(nextHandle, handle);
    nextHandle = (nextHandle + 1) >>> 0;
    sftp.handle(id, name);
  }
  function handleOf(name: Buffer): Reading | Writing | Listing {
    const found = name.length === 4 ? handles.get(name.readUInt32BE()) : undefined;
    if (!found) throw new Absent();
    return found;
  }
  const room = () => {
    if (handles.size >= needs.maxHandles) throw new Denied(`only ${needs.maxHandles} can be open at once`);
  };
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK);

  /** Who is refused without its being written down could try on in silence. */
  async function goesOn(what: string): Promise<boolean> {
    try {
      return await needs.onDenied(what);
    } catch (cause) {
      onFault(cause);
      return false;
    }
  }

  async function fail(id: number, what: string, error: unknown): Promise<void> {
    const { code, text } = statusOf(error);
    if (code === STATUS_CODE.FAILURE) onFault(error);
    sftp.status(id, code, text);
    // What a party lays down it looks for first: that is no question after anything of ours.
    if (error instanceof Absent && !what.includes('/To_Vip/')) await needs.onMissed(what);
    if (error instanceof Denied && !(await goesOn(`${what}: ${error.message}`))) disconnect();
  }

  const take = (id: number, what: string, bytes: number, work: () => Promise<void> | void) => {
    needs.onRequest();
    requests.add(bytes + what.length, async () => {
      try {
        await work();
      } catch (error) {
        await fail(id, what, error);
      }
    });
  };

  sftp.on('REALPATH', (id, path) =>
    take(id, `realpath ${path}`, 0, () => {
      const filename = operations.realPath(path);
      const folder = readPlace(filename)?.kind !== 'file';
      const attrs = attributesOf({ size: 0, modified: new Date(0), folder }, false);
      sftp.name(id, [{ filename, longname: filename, attrs }]);
    }),
  );
  const look = (id: number, path: string) =>
    take(id, `stat ${path}`, 0, async () => {
      const { entry, writable } = await operations.look(path);
      sftp.attrs(id, attributesOf(entry, writable));
    });
  sftp.on('STAT', look);
  sftp.on('LSTAT', look);
  sftp.on('FSTAT', (id, name) =>
    take(id, 'fstat', 0, () => {
      const handle = handleOf(name);
      if (handle.kind === 'reading') sftp.attrs(id, attributesOf({ ...handle.entry, folder: false }, false));
      else if (handle.kind === 'listing') throw new Unsupported();
      else sftp.attrs(id, attributesOf({ size: handle.size(), modified: new Date(), folder: false }, true));
    }),
  );
  sftp.on('OPENDIR', (id, path) =>
    take(id, `list ${path}`, 0, async () => {
      room();
      keep(id, await operations.list(path));
    }),
  );
  sftp.on('READDIR', (id, name) =>
    take(id, 'readdir', 0, () => {
      const handle = handleOf(name);
      if (handle.kind !== 'listing') throw new Unsupported();
      const some = handle.next();
      if (some.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else
        sftp.name(
          id,
          some.map((entry) => fileEntry(entry, entry.folder && isTrayWritable(entry.name))),
        );
    }),
  );
  sftp.on('OPEN', (id, path, flags) =>
    take(id, `open ${path}`, 0, async () => {
      room();
      keep(id, await operations.open(path, flags));
    }),
  );
  sftp.on('READ', (id, name, offset, length) =>
    take(id, 'read', 0, async () => {
      const handle = handleOf(name);
      if (handle.kind !== 'reading') throw new Denied('this was not opened to be read');
      const data = await handle.read(offset, length);
      if (data === null) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, data);
    }),
  );
  sftp.on('WRITE', (id, name, offset, data) => {
    // The library goes on using the memory it read into.
    const copy = Buffer.from(data);
    take(id, 'write', copy.length, async () => {
      const handle = handleOf(name);
      if (handle.kind !== 'writing') throw new Denied('this was not opened to be written');
      await handle.write(offset, copy);
      done(id);
    });
  });
  sftp.on('CLOSE', (id, name) =>
    take(id, 'close', 0, async () => {
      const handle = handleOf(name);
      handles.delete(name.readUInt32BE());
      await handle.close();
      done(id);
    }),
  );
  sftp.on('RENAME', (id, from, to) =>
    take(id, `rename ${from} to ${to}`, 0, async () => {
      await operations.rename(from, to);
      done(id);
    }),
  );
  sftp.on('REMOVE', (id, path) =>
    take(id, `remove ${path}`, 0, async () => {
      await operations.remove(path);
      done(id);
    }),
  );
  sftp.on('SETSTAT', (id, path, attributes) =>
    take(id, `setstat ${path}`, 0, async () => {
      await operations.setAttributes(path, changesSize(attributes));
      done(id);
    }),
  );
  sftp.on('FSETSTAT', (id, name, attributes) =>
    take(id, 'fsetstat', 0, () => {
      if (handleOf(name).kind !== 'writing' || changesSize(attributes))
        throw new Denied('nothing changes here');
      done(id);
    }),
  );
  const never = (what: string) => (id: number, path: string, other?: unknown) =>
    take(id, `${what} ${path}${typeof other === 'string' ? ` ${other}` : ''}`, 0, () => {
      throw new Denied('links and folders are not made or taken away here');
    });
  for (const [event, what] of [
    ...([
      ['SYMLINK', 'symlink'],
      ['READLINK', 'readlink'],
      ['MKDIR', 'mkdir'],
      ['RMDIR', 'rmdir'],
    ] as const),
  ])
    sftp.on(event, never(what));
  sftp.on('EXTENDED', (id, name) =>
    take(id, `extension ${name.slice(0, 60)}`, 0, () => {
      throw new Unsupported();
    }),
  );

  async function close(): Promise<void> {
    await requests.stop();
    const left: readonly Handle[] = [...handles.values()];
    handles.clear();
    for (const handle of left) await handle.abandon().catch(onFault);
  }
  return { close, finish: requests.finish };
}

const changesSize = (attributes: Partial<Attributes>): boolean => attributes.size !== undefined;
const isTrayWritable = (name: string): boolean => {
  const place = readPlace(name);
  return place?.kind === 'tray' && isWritable(place.tray);
};
