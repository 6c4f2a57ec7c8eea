import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LookedAt } from './files.ts';

/** Every file of some folders, by the path at which it was found. */
export type FolderTree = ReadonlyMap<string, FileState>;

type FileState = {
  /** The same as long as nobody wrote the file, moved another into its place or changed its target. */
  readonly stamp: string;
  /** With symbolic links resolved. */
  readonly real: string;
};

/** What differs between two readings of the same folders. */
export type TreeChange = {
  /** Files that are other than they were, by found and by resolved path; those that came or went are among them. */
  readonly paths: ReadonlySet<string>;
  /** Bare names of those that came or went. */
  readonly names: ReadonlySet<string>;
};

/**
 * Looks at every file below the folders, and at the files outside them that somebody named. What cannot be looked at
 * is not there. Reads directories and states only, so that it works on every file system.
 */
export async function readTree(folders: readonly string[], others: Iterable<string>): Promise<FolderTree> {
  const found = new Map<string, FileState>();
  await Promise.all(folders.map((folder) => lookBehind(folder, found)));
  return withFiles(found, others);
}

/** The tree with the present state of files that are not in it. */
export async function withFiles(tree: FolderTree, files: Iterable<string>): Promise<FolderTree> {
  const found = new Map(tree);
  const known = new Set([...tree.values()].map(({ real }) => real));
  for (const file of files) if (!found.has(file) && !known.has(file)) await look(file, file, found);
  return found;
}

/** A root, or what a symbolic link names: only these have to be resolved, what is below them follows. */
async function lookBehind(path: string, found: Map<string, FileState>): Promise<void> {
  const real = await ifThere(realpath(path));
  if (real !== null) await look(path, real, found);
}

/** All entries at once: what a look costs is above all the wait for each answer by itself, a quarter of it is left. */
async function walk(folder: string, real: string, found: Map<string, FileState>): Promise<void> {
  const entries = (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
  await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return walk(path, join(real, entry.name), found);
      return entry.isSymbolicLink() ? lookBehind(path, found) : look(path, join(real, entry.name), found);
    }),
  );
}

async function look(path: string, real: string, found: Map<string, FileState>): Promise<void> {
  const state = await ifThere(stat(path));
  if (state?.isDirectory()) await walk(path, real, found);
  else if (state?.isFile()) {
    const { mtimeMs, ctimeMs, size, ino } = state;
    found.set(path, { stamp: [real, mtimeMs, ctimeMs, size, ino].join(' '), real });
  }
}

/** A file may go between two steps: then it is not there. */
const ifThere = <T>(what: Promise<T>): Promise<T | null> => what.catch(() => null);

/** Null when nothing differs. */
export function changeBetween(before: FolderTree, now: FolderTree): TreeChange | null {
  const paths = new Set<string>();
  const names = new Set<string>();
  const differs = (path: string, { real }: FileState) => paths.add(path).add(real);
  for (const [path, state] of now) {
    const earlier = before.get(path);
    if (earlier?.stamp === state.stamp) continue;
    differs(path, state);
    if (earlier?.real !== state.real) names.add(basename(path));
  }
  for (const [path, state] of before) {
    if (now.has(path)) continue;
    differs(path, state);
    names.add(basename(path));
  }
  return paths.size === 0 ? null : { paths, names };
}

/**
 * Whether a reading that looked at these files would come to something else now. A file that came may stand in the way
 * of the one that was found, so that its bare name is enough.
 */
export const touches = ({ paths, names }: TreeChange, lookedAt: LookedAt): boolean =>
  [...paths].some((path) => lookedAt.files.has(path)) || [...names].some((name) => lookedAt.names.has(name));
