import ssh2, { type Attributes, type FileEntry } from 'ssh2';
import type { Entry } from './pickup-tree.ts';

export const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;

/** What a listing shows: a file, or one of the folders. */
export type Listed = Entry & { readonly folder: boolean };

/** The client asked for what nobody gets; it is told, and written down. */
export class Denied extends Error {}
/** There is no such file or folder in the tree of this party. */
export class Absent extends Error {}
/** The library's word for what the client asked is not one that this server answers. */
export class Unsupported extends Error {}

/** A failure as the client is told of it: nothing of our disk is in it. */
export function statusOf(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof Denied) return { code: STATUS_CODE.PERMISSION_DENIED, text: error.message };
  if (error instanceof Absent) return { code: STATUS_CODE.NO_SUCH_FILE, text: 'no such file' };
  if (error instanceof Unsupported) return { code: STATUS_CODE.OP_UNSUPPORTED, text: 'not offered here' };
  const full =
    error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return { code: STATUS_CODE.FAILURE, text: full ? 'there is no room' : 'this went wrong here' };
}

const FOLDER = 0o040_000;
const FILE = 0o100_000;

/** What a client is shown of a file: it belongs to nobody in particular, and its mode says what may be done with it. */
export const attributesOf = (
  entry: Pick<Listed, 'size' | 'modified' | 'folder'>,
  writable: boolean,
): Attributes => {
  const seconds = Math.floor(entry.modified.getTime() / 1000);
  const mode = entry.folder ? FOLDER | (writable ? 0o700 : 0o500) : FILE | (writable ? 0o600 : 0o400);
  return { mode, uid: 0, gid: 0, size: entry.size, atime: seconds, mtime: seconds };
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The line that clients print for an entry, as `ls -l` writes it. */
export function fileEntry(entry: Listed, writable: boolean): FileEntry {
  const attrs = attributesOf(entry, writable);
  const at = entry.modified;
  const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${at.getUTCFullYear()}`;
  const rights = `${entry.folder ? 'd' : '-'}r${writable ? 'w' : '-'}${entry.folder ? 'x' : '-'}------`;
  return {
    filename: entry.name,
    longname: `${rights} 1 kruispunt kruispunt ${String(entry.size).padStart(12)} ${day} ${entry.name}`,
    attrs,
  };
}
