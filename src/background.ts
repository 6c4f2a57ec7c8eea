import type { Logger } from 'pino';
import { inquiring } from './asking.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { Foundation } from './foundation.ts';
import { publishing } from './publishing.ts';
import { openTree, publishingParts } from './publishing-parts.ts';
import { bullQueue } from './queue/bull.ts';
import { inProcess } from './queue/in-process.ts';
import { keepUp } from './queue/keep-up.ts';
import type { Queue, Step } from './queue/queue.ts';
import { connector } from './sources/connect.ts';
import { nextRun } from './store/schedule.ts';
import { openThrottling } from './throttling.ts';

export type Background = {
  /** A party laid a file down; the sweep finds what cannot be queued now. */
  readonly laidDown: (partyId: number, name: string) => void;
  /** Starts doing the steps here. */
  readonly work: () => void;
  /** What the queue cannot do without, beside the database. */
  readonly dependencies: readonly { readonly name: string; readonly check: () => Promise<void> }[];
  readonly close: () => Promise<void>;
};

/**
 * What goes on beside the questions: the steps of src/publishing.ts, in queues that this process keeps supplied. They
 * are done by whoever calls `work`: with Redis any number of processes on any number of machines.
 *
 * @param onStep hears of each step that was done here, or failed
 */
export function openBackground(
  config: Config,
  log: Logger,
  foundation: Foundation,
  onStep: OnStep = () => {},
): Background {
  const { store } = foundation;
  const tree = openTree(config);
  const { connect, close: disconnect } = connector();
  const { takeTurn, close: stopCounting } = openThrottling(config, log);
  const asking = inquiring(foundation, config, log, { connect, takeTurn });
  const steps = publishing(publishingParts(config, log, foundation, tree, asking)).map(observed(onStep));
  const { queue, dependencies } = openQueue(config, { steps, clock: systemClock, next, log });
  const upkeep = keepUp({
    queue,
    log,
    every: config.sweepSeconds * 1_000,
    moments: () =>
      store
        .subscriptions()
        .filter(({ stoppedAt, channel }) => stoppedAt === null && channel === 'files')
        .map(({ id, schedule, timeZone }) => ({ id: String(id), cron: schedule, timeZone })),
  });
  let clearLeftovers: Promise<void> = Promise.resolve();
  return {
    laidDown: (partyId, name) => {
      if (!name.endsWith('.voucher.xml')) return;
      void queue
        .add('receive', String(partyId))
        .catch((err: unknown) =>
          log.warn({ party: partyId, name, err }, 'a voucher waits for the next sweep'),
        );
    },
    dependencies,
    work: () => {
      queue.work();
      clearLeftovers = tree.sweep(new Date(systemClock.now().getTime() - LEFTOVER)).then(
        (count) =>
          void (count > 0 && log.info({ count }, 'removed what attempts that died had left on the disk')),
        (err: unknown) =>
          log.warn({ err }, 'what attempts that died have left on the disk could not be removed'),
      );
    },
    close: async () => {
      await upkeep.stop();
      await queue.close();
      await disconnect();
      await stopCounting();
      await clearLeftovers;
    },
  };
}

// No attempt of a process that lives takes as long, in milliseconds.
const LEFTOVER = 86_400_000;

const next = (schedule: string, timeZone: string, after: Date) => nextRun({ schedule, timeZone }, after);

type OnStep = (step: string, outcome: 'done' | 'failed', ms: number) => void;

const observed =
  (onStep: OnStep) =>
  (step: Step): Step => ({
    ...step,
    run: async (...given) => {
      const began = performance.now();
      const ended = (outcome: 'done' | 'failed') => onStep(step.name, outcome, performance.now() - began);
      try {
        await step.run(...given);
      } catch (error) {
        ended('failed');
        throw error;
      }
      ended('done');
    },
  });

function openQueue(
  { redisUrl }: Config,
  needs: Parameters<typeof inProcess>[0],
): Pick<Background, 'dependencies'> & { readonly queue: Queue } {
  if (redisUrl === null) return { queue: inProcess(needs), dependencies: [] };
  const queue = bullQueue({ ...needs, url: redisUrl });
  return { queue, dependencies: [{ name: 'redis', check: queue.ping }] };
}
