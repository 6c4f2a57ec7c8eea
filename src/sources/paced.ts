import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../exchange/clock.ts';
import type { TakeTurn, Throttle } from '../exchange/controls.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Ask } from '../exchange/source.ts';

type Needs = {
  /** Counts for all processes together. */
  readonly takeTurn: TakeTurn;
  readonly clock: Clock;
  /** Questions a second that one source is asked at the most. */
  readonly rate: number;
};

/** Shorter than a second, so that a source is asked evenly and not in bursts; in milliseconds. */
const STRETCH = 100;

/**
 * Waits for a turn at the source before it is asked. Nobody waits for these questions, so that they are asked as fast as
 * a source can well bear, beside those that somebody does wait for. Waiting is not held against its deadline.
 */
export function paced({ takeTurn, clock, rate }: Needs): (ask: Ask) => Ask {
  const max = Math.max(1, Math.ceil((rate * STRETCH) / 1_000));
  const limit: Throttle = { max, within: Math.ceil((max * 1_000) / rate) };
  const pause = Math.max(5, limit.within / 4);
  return (ask) =>
    async function paced(source, option, enquiry, signal) {
      while (!(await takeTurn(`source:${source.name}`, limit, clock.now())))
        await wait(pause, null, { signal }).catch((cause: unknown) => {
          throw new Refusal('60009', `told to give up before ${source.name} was asked`, null, { cause });
        });
      return ask(source, option, enquiry, signal);
    };
}
