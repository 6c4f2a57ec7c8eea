import type { Clock } from '../../src/exchange/clock.ts';

/** A clock that stands still at a moment. */
export const stoppedClock = (at: Date): Clock => ({ now: () => at });

/** A clock that goes only when it is told to. */
export function wound(at: Date): Clock & { readonly advance: (milliseconds: number) => void } {
  let now = at.getTime();
  return {
    now: () => new Date(now),
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}
