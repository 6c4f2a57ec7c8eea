import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds. No test is about how soon: a machine under load gets its time, and what never comes fails all the same. */
const PATIENCE = 60_000;

/**
 * Looks until there is something else than false, null or undefined, and gives that.
 *
 * @param what the message when it never comes; a function where that tells how things stood
 * @param every milliseconds from one look to the next
 * @throws AssertionError after a minute
 */
export async function eventually<T>(
  what: string | (() => string),
  look: () => T | Promise<T>,
  every = 20,
): Promise<Exclude<T, false | null | undefined>> {
  for (const late = performance.now() + PATIENCE; ; await pause(every)) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined)
      return found as Exclude<T, false | null | undefined>;
    if (performance.now() > late) assert.fail(typeof what === 'string' ? what : what());
  }
}
