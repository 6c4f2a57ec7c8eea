import { setTimeout as pause } from 'node:timers/promises';
import { Queue as BullQueue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Clock } from '../exchange/clock.ts';
import { type BullJob, bullMoments } from './bull-moments.ts';
import {
  type Add,
  asError,
  type NextMoment,
  PATIENCE,
  type Queue,
  type QueueLog,
  type Step,
} from './queue.ts';

type Needs = {
  readonly steps: readonly Step[];
  readonly clock: Clock;
  readonly url: string;
  readonly next: NextMoment;
  readonly log: QueueLog;
  /** Of every key, so that several buses may share a Redis. */
  readonly prefix?: string;
  readonly patience?: number;
};

const LONGEST_PAUSE = 2_000;
// What a worker that was killed held is found by another after a lock and a look.
const LOCK = 10_000;
const LOOK = 5_000;
const MOST_DEATHS = 5;
const RETRY_COMMAND = 1_000;

const pauseBefore = (times: number) => Math.min(times * 100, LONGEST_PAUSE);

/**
 * The queue of any number of processes and machines: BullMQ on Redis. A job's id is its row's, so that a row waits once,
 * and what is over leaves nothing behind, so that the row may wait again. Nothing that matters is lost with Redis.
 */
export function bullQueue({
  steps,
  clock,
  url,
  next,
  log,
  prefix = 'kruispunt',
  patience = PATIENCE,
}: Needs): Queue & { readonly ping: () => Promise<void> } {
  // Who adds must not wait for a Redis that is away; who works must, for ever (BullMQ asks for null).
  const asking = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: pauseBefore,
  });
  const working = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: pauseBefore,
    lazyConnect: true,
  });
  const clients = [asking, working];
  // A worker waits on a connection of its own; BullMQ leaves it connecting for ever where Redis is away at closing time.
  working.duplicate = (given) => {
    const client = Redis.prototype.duplicate.call(working, given);
    clients.push(client);
    return client;
  };
  const settings = {
    repeatStrategy: (millis: number, { pattern, tz }: { pattern?: string; tz?: string }) =>
      next(pattern ?? '', tz ?? 'UTC', new Date(millis))?.getTime(),
  };
  const stop = new AbortController();
  const queues = new Map<string, BullQueue<BullJob>>();
  const workers: Worker<BullJob>[] = [];
  let underWay = 0;
  // Done here, and Redis does not know it yet.
  let unsaid = 0;
  const troubles = new Set<string>();
  const trouble = (err: Error) => {
    // One line a kind of trouble until Redis is reached again: BullMQ says each of them for each queue, over and over.
    if (troubles.has(err.message)) return;
    troubles.add(err.message);
    log.warn({ err }, 'the queue in Redis is in trouble; trying on');
  };
  asking.on('error', trouble);
  asking.on('ready', () => troubles.clear());
  working.on('error', trouble);

  const queueOf = (name: string): BullQueue<BullJob> => {
    const known = queues.get(name);
    if (known) return known;
    const queue = new BullQueue<BullJob>(name, { connection: asking, prefix, settings });
    queue.on('error', trouble);
    queues.set(name, queue);
    return queue;
  };
  const reached = () => {
    if (asking.status !== 'ready') throw new Error('Redis cannot be reached');
  };
  const retries = (name: string) => {
    const step = steps.find((each) => each.name === name);
    if (!step) throw new Error(`there is no step ${name}`);
    const backoff = { type: 'exponential', delay: step.pause };
    return { attempts: step.attempts, backoff, removeOnComplete: true, removeOnFail: true };
  };
  const moments = bullMoments(queueOf, retries, clock);

  const add: Add = async (name, id) => {
    reached();
    await queueOf(name).add(name, { id }, { jobId: `${name}-${id}`, ...retries(name) });
  };

  const then: Add = (name, id) =>
    add(name, id).catch((err: unknown) => log.warn({ step: name, id, err }, 'what follows was not queued'));

  function work(step: Step): Worker<BullJob> {
    const recordFailure = (id: string, error: Error) =>
      step
        .gaveUp(id, error)
        .catch((err: unknown) => log.error({ step: step.name, id, err }, 'a failure could not be recorded'));
    const worker = new Worker<BullJob>(
      step.name,
      async (job) => {
        const { id } = job.data;
        underWay += 1;
        try {
          await step.run(id, stop.signal, then);
        } catch (error) {
          const attempt = job.attemptsMade + 1;
          log.warn({ step: step.name, id, attempt, err: error }, 'a step failed');
          if (attempt >= step.attempts && !stop.signal.aborted) await recordFailure(id, asError(error));
          throw asError(error);
        } finally {
          underWay -= 1;
          unsaid += 1;
        }
      },
      {
        ...{ connection: working, prefix, settings, concurrency: step.atOnce },
        ...{ lockDuration: LOCK, stalledInterval: LOOK, maxStalledCount: MOST_DEATHS, drainDelay: 5 },
        runRetryDelay: RETRY_COMMAND,
      },
    );
    worker.on('error', trouble);
    worker.on('completed', () => void unsaid--);
    worker.on('failed', (job, error) => {
      if (!(error instanceof UnrecoverableError)) unsaid -= 1;
      // Nobody was left to say so: each process that took it on died with it.
      else if (job) void recordFailure(job.data.id, new Error(`${MOST_DEATHS + 1} processes died doing it`));
    });
    return worker;
  }

  return {
    add,
    ping: async () => void (await asking.ping()),
    keepMoments: async (name, given) => {
      reached();
      await moments.keep(name, given);
    },
    work: () => {
      for (const step of steps) workers.push(work(step));
    },
    close: async () => {
      const impatient = setTimeout(() => stop.abort(new Error('the bus is stopping')), patience);
      // Not BullMQ's own way to wait, which without Redis does not end.
      await Promise.all(workers.map((worker) => worker.pause(true)));
      for (; underWay > 0; ) await pause(20);
      clearTimeout(impatient);
      for (let times = 0; unsaid > 0 && asking.status === 'ready' && times < 50; times++) await pause(20);
      await Promise.all(workers.map((worker) => worker.close(true)));
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      for (const client of clients) client.disconnect();
    },
  };
}
