import { type Tray, trays } from '../exchange/pickup.ts';

/** What a path means in the tree that a party sees: its root, a folder of it, or a file in such a folder. */
export type Place =
  | { readonly kind: 'root' }
  | { readonly kind: 'tray'; readonly tray: Tray }
  | { readonly kind: 'file'; readonly tray: Tray; readonly name: string };

const ROOT: Place = { kind: 'root' };
// A client's own path is far shorter; what is longer only costs time to take apart.
const MAX_PATH = 1024;
// Leaves room below the 255 bytes of a file system for what the bus puts around a name.
const MAX_NAME = 200;

const isTray = (name: string): name is Tray => trays.some((tray) => tray === name);

/** Names that stay what they are on every system, and that are not the bus's own (those begin with a dot). */
export const isFileName = (name: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
  /^[^./\\\u0000-\u001f\u007f][^/\\\u0000-\u001f\u007f]*$/.test(name) &&
  name.isWellFormed() &&
  Buffer.byteLength(name) <= MAX_NAME;

/**
 * The place that a client's path names; null when there can be none. Nothing of the path reaches the disk but a name
 * that is one name. `..` only leads up inside the tree: a path that would leave it is no path.
 */
export function readPlace(path: string): Place | null {
  if (path.length > MAX_PATH) return null;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  const [tray, name, ...deeper] = parts;
  if (tray === undefined) return ROOT;
  if (!isTray(tray) || deeper.length > 0) return null;
  if (name === undefined) return { kind: 'tray', tray };
  return isFileName(name) ? { kind: 'file', tray, name } : null;
}

/** The place as the client writes it, from its root. */
export function writePlace(place: Place): string {
  if (place.kind === 'root') return '/';
  return place.kind === 'tray' ? `/${place.tray}` : `/${place.tray}/${place.name}`;
}
