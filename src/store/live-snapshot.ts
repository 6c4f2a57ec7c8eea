import type { Clock } from '../exchange/clock.ts';
import type { Engine } from './engine.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** A change made by another process is seen after this many milliseconds at the latest. */
const POLL = 500;
/** Milliseconds without a successful look after which the snapshot may be too old to decide on. */
const STALE = 5_000;

/** Where a lasting trouble is told; pino's logger fits. */
export type StoreLog = { readonly warn: (fields: object, message: string) => void };

export type LiveSnapshot = {
  readonly current: () => Snapshot;
  /** Whether a change made elsewhere would have been noticed within the last five seconds. */
  readonly isCurrent: () => boolean;
  /** Resolves when what was committed before the call is in the snapshot. */
  readonly refresh: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Loads the configuration and keeps up with it. */
export const followConfiguration = async (
  { read, stamp }: Pick<Engine, 'read' | 'stamp'>,
  clock: Clock,
  log: StoreLog | null,
): Promise<LiveSnapshot> => {
  const queue = oneAtATime();
  let seen = clock.now().getTime();
  let snapshot = await read(takeSnapshot);
  let stopped = false;
  let failing = false;

  const look = () =>
    queue(async () => {
      if (stopped) return;
      const now = clock.now().getTime();
      if ((await stamp()) !== snapshot.stamp) snapshot = await read(takeSnapshot);
      seen = now;
      failing = false;
    });

  const poll = async () => {
    try {
      await look();
    } catch (cause) {
      if (!failing) log?.warn({ err: cause }, 'the configuration could not be looked at; trying on');
      failing = true;
    }
    if (!stopped) timer = setTimeout(poll, POLL).unref();
  };
  let timer = setTimeout(poll, POLL).unref();

  return {
    current: () => snapshot,
    isCurrent: () => clock.now().getTime() - seen <= STALE,
    refresh: look,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await queue(async () => null);
    },
  };
};
