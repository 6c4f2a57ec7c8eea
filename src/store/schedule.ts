import { Cron } from 'croner';
import type { Subscription } from '../exchange/subscription.ts';

/** When a subscription's batches are closed: cron with five fields, and the time zone in which it is read. */
export type Schedule = { readonly schedule: string; readonly timeZone: string };

/** A subscription's: '' where nothing is laid down, for who asks itself needs none. */
export type Planned = Schedule & Pick<Subscription, 'channel'>;

/** Fields of numbers, names, lists, ranges and steps: nothing that means another thing on another day. */
const FIVE_FIELDS = /^[\dA-Za-z*,/#-]+( [\dA-Za-z*,/#-]+){4}$/;
/** Names of the time zone database: no offsets, which know no summer time. */
const ZONE = /^[A-Za-z]\w*(\/[\w+-]+)*$/;

const cronOf = ({ schedule, timeZone }: Schedule) =>
  new Cron(schedule, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });

/**
 * The first scheduled moment after this one, which may itself be one; null when there is none. An hour that the clocks
 * skip in spring is made up for when they have; of one that comes twice in autumn only the first counts, unless the
 * schedule has a `*` or step in its hours or minutes.
 */
export const nextRun = (schedule: Schedule, after: Date): Date | null => cronOf(schedule).nextRun(after);

/** The last scheduled moment until now, now included. */
export const latestRun = (schedule: Schedule, now: Date): Date | null =>
  cronOf(schedule).previousRuns(1, new Date(now.getTime() + 1))[0] ?? null;

/** What is wrong with a schedule, as a sentence for whoever wrote it; null when it will fire. */
export const scheduleProblem = ({ schedule, timeZone, channel }: Planned, now: Date): string | null => {
  try {
    if (!ZONE.test(timeZone)) throw new RangeError();
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return `${timeZone} is not a time zone: write the name it has in the IANA database, such as Europe/Brussels`;
  }
  if (channel === 'pull' && schedule === '') return null;
  const form = 'minute, hour, day of the month, month and day of the week, such as "0 3 * * 1-5"';
  if (!FIVE_FIELDS.test(schedule)) return `"${schedule}" is not a schedule: write ${form}`;
  try {
    if (nextRun({ schedule, timeZone }, now) !== null) return null;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    return `"${schedule}" is not a schedule (${why}): write ${form}`;
  }
  return `"${schedule}" never comes: there is no such day`;
};
