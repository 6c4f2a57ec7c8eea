import type { Clock } from '../exchange/clock.ts';
import { AFTER_ACKNOWLEDGEMENT } from './expire.ts';
import type { Run } from './step.ts';
import { type Asking, answeredIntakes, unansweredChunks } from './unanswered.ts';

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
  /** How many milliseconds before its end a file that nobody collected is spoken of. */
  readonly noticeBefore: number;
  /** Files that nobody collected, that will be over by then, and of which that has not been said. */
  readonly filesToForewarn: (now: Date, by: Date, limit: number) => Ids;
  /** Files whose retention is over, or that were acknowledged by the other moment. */
  readonly filesToExpire: (now: Date, acknowledgedBy: Date, limit: number) => Ids;
  /** Parties in whose To_Vip a voucher lies. */
  readonly partiesToReceive: () => Ids;
  /** Files that were laid down and are to be looked at, taken or told of. */
  readonly intakesToDo: (limit: number) => Ids;
  /** Those that were taken or rejected so long ago that nobody needs them. */
  readonly intakesToClear: (now: Date, limit: number) => Ids;
  /** Snapshots that can be written, and those of which the answers are no longer needed. */
  readonly answeredSnapshots: (limit: number) => Ids;
  readonly snapshotsToDiscard: (limit: number) => Ids;
} & Asking;

/**
 * Finds every row with something left to do and queues it. What a queue lost, a clock jumped over, or a process left
 * behind when it died is found here, since it stands in the rows.
 */
export const sweep =
  (needs: Needs): Run =>
  async (_id, signal, then) => {
    const now = needs.clock.now();
    const acknowledged = new Date(now.getTime() - AFTER_ACKNOWLEDGEMENT);
    const soon = new Date(now.getTime() + needs.noticeBefore);
    const left: readonly (readonly [step: string, find: () => Ids])[] = [
      ['close', () => needs.dueSubscriptions(now)],
      ['write', () => needs.filesIn('closed', AT_ONCE)],
      ['ask', () => unansweredChunks(needs, AT_ONCE)],
      ['reply', () => answeredIntakes(needs, now, AT_ONCE)],
      ['write', () => needs.answeredSnapshots(AT_ONCE)],
      ['notify', () => needs.unannouncedFiles(new Date(now.getTime() - NEWS), AT_ONCE)],
      ['discard', () => needs.snapshotsToDiscard(AT_ONCE)],
      ['forewarn', () => needs.filesToForewarn(now, soon, AT_ONCE)],
      ['expire', () => needs.filesToExpire(now, acknowledged, AT_ONCE)],
      ['receive', () => needs.partiesToReceive()],
      ['take-in', () => needs.intakesToDo(AT_ONCE)],
      ['clear', () => needs.intakesToClear(now, AT_ONCE)],
    ];
    for (const [step, find] of left)
      for (const { id } of await find()) {
        signal.throwIfAborted();
        await then(step, String(id));
      }
    await then('forget', 'all');
    await then('archive', 'all');
  };
