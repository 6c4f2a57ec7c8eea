import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type DocumentNode, type ReadDocument, readDocument } from '../xml/document.ts';
import type { Report } from './problem.ts';

/** The files of contracts: every one is read once, from disk, whatever URL its location names. */
export type Files = {
  /** The file that a location in `from` means; null, and a problem at `line`, when there is none. */
  readonly locate: (from: string, line: number, location: string) => string | null;
  /** The root of a file's document; null, and a problem, when it cannot be read. */
  readonly read: (file: string) => DocumentNode | null;
  readonly lookedAt: LookedAt;
};

/** What was read, by path, and what was looked for, by the last step of its location, whether it was there or not. */
export type LookedAt = { readonly files: ReadonlySet<string>; readonly names: ReadonlySet<string> };

const ABSOLUTE_URL = /^[a-z][a-z0-9+.-]+:/i;

/** Files that were read, by path. Contracts that are loaded together read each once and share its tree. */
export type Documents = Map<string, ReadDocument>;

/**
 * @param roots folders in which absolute URLs are looked up by the tail of their path, first match first
 * @param documents what others have read; whoever made it empties it, since a contract holds on to it
 */
export function contractFiles(
  roots: readonly string[],
  report: Report,
  documents: Documents = new Map(),
): Files {
  const sought = new Set<string>();
  const opened = new Set<string>();
  return {
    lookedAt: { files: opened, names: sought },
    locate: (from, line, location) => {
      const path = pathOf(location);
      sought.add(basename(path));
      const found = ABSOLUTE_URL.test(location) ? byTail(roots, path) : besideOf(from, path);
      if (found !== null) return found;
      report(
        from,
        line,
        ABSOLUTE_URL.test(location)
          ? `${location} is not below ${roots.join(', ') || 'any schema folder'}; put a copy there, nothing is fetched`
          : `${location} does not exist beside this file; correct the location or add the file`,
      );
      return null;
    },
    read: (file) => {
      const known = documents.get(file) ?? readFile(file);
      documents.set(file, known);
      if (known.root === null && !opened.has(file)) report(file, known.line, known.message);
      opened.add(file);
      return known.root;
    },
  };
}

function readFile(file: string): ReadDocument {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { root: null, line: 1, message };
  }
  const read = readDocument(bytes);
  return read.root === null ? { ...read, message: `is not well-formed XML: ${read.message}` } : read;
}

/** The path of a location, without query, fragment and percent-encoding. */
function pathOf(location: string): string {
  const path = location.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]+:(?:\/\/[^/]*)?/i, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function besideOf(from: string, path: string): string | null {
  if (path === '') return null;
  return fileAt(isAbsolute(path) ? path : join(dirname(from), path));
}

function byTail(roots: readonly string[], path: string): string | null {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.' && step !== '..');
  for (let from = 0; from < steps.length; from++) {
    for (const root of roots) {
      const found = fileAt(join(root, ...steps.slice(from)));
      if (found !== null) return found;
    }
  }
  return null;
}

/** One name per file, so that two ways to it are not two schemas. */
function fileAt(path: string): string | null {
  return existsSync(path) && statSync(path).isFile() ? realpathSync(path) : null;
}
