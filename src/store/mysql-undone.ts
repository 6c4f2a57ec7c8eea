import { tryAgain } from './try-again.ts';

/** A server undid the transaction because it stood in another's way; it is as if it had never begun. */
const UNDONE = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);
const ATTEMPTS = 8;

const isUndone = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && UNDONE.has(error.code)) return true;
  return 'driverError' in error && isUndone(error.driverError);
};

/** Tries a whole transaction anew, a few times, when the server gave up on it to break a deadlock. */
export const untilNotUndone = <T>(transaction: () => Promise<T>): Promise<T> =>
  tryAgain(ATTEMPTS, isUndone, transaction);
