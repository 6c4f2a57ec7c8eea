import type { Child } from './child.ts';
import { type LoadJob, type LoadResult, loadResult } from './load-job.ts';
import { median } from './numbers.ts';
import { type Size, subjects } from './persons.ts';

/** A server under load, and for which answers. */
export type Subject = {
  readonly name: string;
  readonly size: Size;
  readonly url: string;
  readonly pid: number;
  readonly warmUp: number;
};

export const CONCURRENCY = 16;
/**
 * Seconds of each window that come before it and are not counted. Every subject has stood still while the others had
 * their turn, and a program that stands still for seconds is compiled and collected anew: no question costs that.
 */
const LEAD = 1.5;
export type Common = Pick<LoadJob, 'asker' | 'authority'>;

export type Summary = LoadResult & {
  /** CPU of each round, in their order. */
  readonly cpus: readonly number[];
};

/** Runs one subject; `count` questions. */
export const runLoad = (
  load: Child,
  { url, pid, size }: Subject,
  count: number,
  how: LoadJob['load'],
  common: Common,
): Promise<LoadResult> =>
  load.ask({ ...common, url, pid, insz: subjects[size], count, load: how }, loadResult);

/**
 * Measures every subject in turn, several rounds, so that a busy minute of the machine hits all alike; the medians.
 *
 * @param seconds of each window, about
 */
export async function interleaved(
  load: Child,
  all: readonly Subject[],
  rounds: number,
  seconds: number,
  common: Common,
): Promise<ReadonlyMap<Subject, Summary>> {
  const closed = { concurrency: CONCURRENCY };
  const counts = new Map<Subject, number>();
  const results = new Map<Subject, LoadResult[]>(all.map((subject) => [subject, []]));
  for (const subject of all) {
    const { rate } = await runLoad(load, subject, subject.warmUp, closed, common);
    counts.set(subject, Math.max(50, Math.round(rate * seconds)));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [subject, seen] of results) {
      const count = counts.get(subject) ?? 0;
      await runLoad(load, subject, Math.ceil((count / seconds) * LEAD), closed, common);
      seen.push(await runLoad(load, subject, count, closed, common));
    }
  }
  return new Map([...results].map(([subject, seen]) => [subject, summary(seen)]));
}

/** One window at a share of the top rate, and what it was a share of. */
export type Steady = { readonly rate: number; readonly result: LoadResult };

/**
 * Open loop at a share of the top rate, several rounds. The top rate is measured anew in front of each window: the machine
 * is another one from minute to minute, and a share of what it could do minutes ago may be more than it can do now.
 */
export async function belowTop(
  load: Child,
  subject: Subject,
  rounds: number,
  { seconds, share }: { readonly seconds: number; readonly share: number },
  common: Common,
): Promise<readonly Steady[]> {
  const closed = { concurrency: CONCURRENCY };
  const windows: Steady[] = [];
  let count = (await runLoad(load, subject, 500, closed, common)).rate;
  for (let round = 0; round < rounds; round++) {
    await runLoad(load, subject, Math.ceil(count * LEAD), closed, common);
    count = (await runLoad(load, subject, Math.ceil(count * seconds), closed, common)).rate;
    const rate = Math.floor(count * share);
    windows.push({ rate, result: await runLoad(load, subject, rate * 2 * seconds, { rate }, common) });
  }
  return windows;
}

export function summary(results: readonly LoadResult[]): Summary {
  const of = (field: keyof LoadResult) => median(results.map((result) => result[field]));
  return {
    rate: of('rate'),
    cpuMicros: of('cpuMicros'),
    p50: of('p50'),
    p99: of('p99'),
    worst: of('worst'),
    questionBytes: of('questionBytes'),
    answerBytes: of('answerBytes'),
    verified: results.reduce((sum, { verified }) => sum + verified, 0),
    cpus: results.map(({ cpuMicros }) => cpuMicros),
  };
}
