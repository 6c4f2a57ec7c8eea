import type { Throttle } from '../exchange/controls.ts';

/** Moments in ascending order; those before `first` are over. */
type Window = { times: number[]; first: number; within: number };

/** How many moments that are over a window may keep before it is written anew. */
const MOST_OVER = 256;

/**
 * Counts in this process, exactly: in no stretch of `within` milliseconds more than `max`. What a key holds is little
 * more than its limit, and a key that has fallen silent is forgotten.
 */
export function slidingWindows(): {
  readonly take: (key: string, limit: Throttle, at: Date) => boolean;
  /** Keys that are held. */
  readonly size: () => number;
} {
  // In the order in which they were last used, so that the silent ones are in front.
  const windows = new Map<string, Window>();

  function forgetSilent(now: number): void {
    for (const [key, { times, within }] of windows) {
      if ((times.at(-1) ?? 0) > now - within) return;
      windows.delete(key);
    }
  }

  return {
    size: () => windows.size,
    take: (key, { max, within }, at) => {
      const now = at.getTime();
      forgetSilent(now);
      const window = windows.get(key) ?? { times: [], first: 0, within };
      window.within = within;
      leaveOut(window, now - within);
      if (window.times.length - window.first >= max) return false;
      // A clock that was set back must not put a moment before one that is known.
      window.times.push(Math.max(now, window.times.at(-1) ?? now));
      windows.delete(key);
      windows.set(key, window);
      return true;
    },
  };
}

function leaveOut(window: Window, until: number): void {
  while (window.first < window.times.length && (window.times[window.first] ?? 0) <= until) window.first++;
  if (window.first <= MOST_OVER) return;
  window.times = window.times.slice(window.first);
  window.first = 0;
}
