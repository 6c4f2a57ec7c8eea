import type { Moment, Queue, QueueLog } from './queue.ts';

type Needs = {
  readonly queue: Pick<Queue, 'add' | 'keepMoments'>;
  readonly log: QueueLog;
  /** Milliseconds from one sweep to the next. */
  readonly every: number;
  /** When each subscription's batch is to be closed, as it is known now. */
  readonly moments: () => readonly Moment[];
};

/** A subscription that came, changed or went is noticed after so many milliseconds. */
const LOOK = 500;

/**
 * Keeps a queue's moments those of the subscriptions, and has it sweep time and again. Everything is said anew with
 * each sweep, since a Redis that was emptied has forgotten it all.
 */
export function keepUp({ queue, log, every, moments }: Needs): { readonly stop: () => Promise<void> } {
  let said = '';
  let swept = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | null = null;

  async function look(): Promise<void> {
    const given = moments();
    const text = JSON.stringify(given);
    const isSweep = performance.now() - swept >= every;
    if (text === said && !isSweep) return;
    await queue.keepMoments('close', given);
    said = text;
    if (!isSweep) return;
    await queue.add('sweep', 'all');
    swept = performance.now();
  }

  async function turn(): Promise<void> {
    try {
      await look();
      if (failing) log.info({}, 'the queue is kept supplied again');
      failing = false;
    } catch (err) {
      if (!failing) log.warn({ err }, 'the queue could not be kept supplied; trying on');
      failing = true;
    }
    if (!stopped) timer = setTimeout(next, LOOK);
  }

  let last: Promise<void> = Promise.resolve();
  function next(): void {
    last = turn();
  }
  next();
  return {
    stop: async () => {
      stopped = true;
      if (timer) clearTimeout(timer);
      await last;
      if (timer) clearTimeout(timer);
    },
  };
}
