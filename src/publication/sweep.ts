import type { Clock } from '../exchange/clock.ts';
import { AFTER_ACKNOWLEDGEMENT } from './expire.ts';
import type { Run } from './step.ts';
import { type Asking, unansweredChunks } from './unanswered.ts';

/** Rows of a kind that one sweep queues at the most; the next one goes on. */
const AT_ONCE = 1_000;

/** What was written longer ago than so many milliseconds is no news to anyone. */
const NEWS = 7 * 86_400_000;

type Ids = Promise<readonly { readonly id: number | string }[]>;

type Needs = {
  readonly clock: Clock;
  readonly dueSubscriptions: (now: Date) => Ids;
  readonly filesIn: (state: 'closed', limit: number) => Ids;
  /** Files that were written since, and of which that has not been noted. */
  readonly unannouncedFiles: (since: Date, limit: number) => Ids;
  /** Files whose retention is over, or that were acknowledged by the other moment. */
  readonly filesToExpire: (now: Date, acknowledgedBy: Date, limit: number) => Ids;
} & Asking;

/**
 * Finds every row with something left to do and queues it. What a queue lost, a clock jumped over, or a process left
 * behind when it died is found here, since it stands in the rows.
 */
export const sweep =
  ({ clock, dueSubscriptions, filesIn, unannouncedFiles, filesToExpire, ...asking }: Needs): Run =>
  async (_id, signal, then) => {
    const now = clock.now();
    const acknowledged = new Date(now.getTime() - AFTER_ACKNOWLEDGEMENT);
    const left: readonly (readonly [step: string, find: () => Ids])[] = [
      ['close', () => dueSubscriptions(now)],
      ['write', () => filesIn('closed', AT_ONCE)],
      ['ask', () => unansweredChunks(asking, AT_ONCE)],
      ['notify', () => unannouncedFiles(new Date(now.getTime() - NEWS), AT_ONCE)],
      ['expire', () => filesToExpire(now, acknowledged, AT_ONCE)],
    ];
    for (const [step, find] of left)
      for (const { id } of await find()) {
        signal.throwIfAborted();
        await then(step, String(id));
      }
  };
