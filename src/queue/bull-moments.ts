import type { Queue as BullQueue, JobsOptions } from 'bullmq';
import type { Clock } from '../exchange/clock.ts';
import type { Moment } from './queue.ts';

/** All that is in Redis of a row. */
export type BullJob = { readonly id: string };

/** Schedulers that are written to Redis at once. */
const AT_ONCE = 50;

/** A scheduler whose next job is so many milliseconds late has lost it. */
const LATE = 60_000;

const keyOf = ({ id }: Moment) => `at-${id}`;
const isSame = (a: { readonly pattern?: string; readonly tz?: string }, { cron, timeZone }: Moment) =>
  a.pattern === cron && a.tz === timeZone;

/** Keeps one BullMQ job scheduler a row: in Redis there are those that are asked for and no others. */
export function bullMoments(
  queueOf: (step: string) => BullQueue<BullJob>,
  retries: (step: string) => Pick<JobsOptions, 'attempts' | 'backoff' | 'removeOnComplete' | 'removeOnFail'>,
  clock: Clock,
) {
  return {
    keep: async (step: string, moments: readonly Moment[]): Promise<void> => {
      const queue = queueOf(step);
      const there = new Map((await queue.getJobSchedulers()).map((each) => [each.key, each]));
      const late = clock.now().getTime() - LATE;
      const wanted = new Set(moments.map(keyOf));
      const change = moments.filter((moment) => {
        const known = there.get(keyOf(moment));
        return !known || !isSame(known, moment) || (known.next ?? 0) < late;
      });
      const stale = [...there.keys()].filter((key) => !wanted.has(key));
      await inSlices(stale, (key) => queue.removeJobScheduler(key));
      await inSlices(change, (moment) =>
        queue.upsertJobScheduler(
          keyOf(moment),
          { pattern: moment.cron, tz: moment.timeZone },
          { name: step, data: { id: moment.id }, opts: retries(step) },
        ),
      );
    },
  };
}

async function inSlices<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(act));
}
