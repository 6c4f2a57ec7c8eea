import { setTimeout as pause } from 'node:timers/promises';

const SQLITE_BUSY = 5;

/** SQLite's primary result code of an error of node:sqlite, or of TypeORM's around it; null when it is neither. */
export const sqliteCode = (error: unknown): number | null => {
  if (!(error instanceof Error)) return null;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return 'driverError' in error ? sqliteCode(error.driverError) : null;
};

/** Tries until no other connection stands in the way, at most `patience` milliseconds; the process goes on meanwhile. */
export const whenFree = async <T>(attempt: () => T | Promise<T>, patience: number): Promise<T> => {
  const until = performance.now() + patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (sqliteCode(error) !== SQLITE_BUSY || performance.now() > until) throw error;
    }
    await pause(3);
  }
};
