import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../exchange/clock.ts';

/** Milliseconds from one beat to the next: far more than a message of usual size takes up to its signature. */
export const BEAT = 50;

/** How many milliseconds there are from `now` to the next beat of those that began at `since`; never none. */
export const untilNextBeat = (since: Date, now: Date): number => {
  const elapsed = Math.max(0, now.getTime() - since.getTime());
  return BEAT - (elapsed % BEAT);
};

/** Waits for that beat, for which nobody who stops a bus need stop waiting, so that what is told on it does not tell how long it took to know. */
export const beats =
  (clock: Clock): ((since: Date) => Promise<void>) =>
  (since) =>
    wait(untilNextBeat(since, clock.now()));
