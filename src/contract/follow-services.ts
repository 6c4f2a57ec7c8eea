import { setTimeout as wait } from 'node:timers/promises';
import { changeBetween, type FolderTree, readTree, withFiles } from './folder-tree.ts';
import { isError, type Problem } from './problem.ts';
import type { ServiceTable, TableChange } from './service-table.ts';

export type Following = {
  readonly table: ServiceTable;
  readonly folders: readonly string[];
  /** The folders as they were before the table was loaded from them. */
  readonly from: FolderTree;
  readonly onChange: (change: TableChange) => void;
  /** What is wrong now, whenever that is other than it was. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  /** What prevented the folders from being looked at or loaded at all, each once; they are looked at again. */
  readonly onFault: (error: unknown) => void;
};

const EVERY = 2000;
/** Nothing is loaded before the folders have been the same for as long: a folder is copied file by file. */
const QUIET = 400;
/** Of the time, loading takes one part in so many; the rest is for the exchanges that are under way. */
const SHARE = 3;

/** Looks at the folders every other second or so, and lets the table follow them until the signal aborts. */
export async function followServices(following: Following, signal: AbortSignal): Promise<void> {
  const { table, folders, onFault } = following;
  const look = () => readTree(folders, table.files());
  let loaded = await withFiles(following.from, table.files());
  let told = summaryOf([]);
  let fault = '';
  const step = async () => {
    let seen = await look();
    if (changeBetween(loaded, seen) === null) return;
    for (let before: FolderTree | null = null; before === null || changeBetween(before, seen); ) {
      before = seen;
      await wait(QUIET, null, { signal });
      seen = await look();
    }
    const change = changeBetween(loaded, seen);
    if (change === null) return;
    const done = await table.reload(change, (busy) => wait(busy * (SHARE - 1), undefined, { signal }));
    // A file outside the folders on which a service has only now come to depend is compared from now on.
    loaded = await withFiles(seen, table.files());
    fault = '';
    if (Object.values(done).some((names) => names.length > 0)) following.onChange(done);
    const problems = table.problems().filter(isError);
    if (summaryOf(problems) !== told) following.onProblems(problems);
    told = summaryOf(problems);
  };
  while (!signal.aborted) {
    try {
      await wait(EVERY, null, { signal });
      await step();
    } catch (error) {
      if (!signal.aborted && String(error) !== fault) onFault(error);
      fault = String(error);
    }
  }
}

const summaryOf = (problems: readonly Problem[]) =>
  problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n');
