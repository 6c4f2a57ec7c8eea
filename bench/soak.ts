import type { Child } from './child.ts';
import { rssMegabytes } from './cpu.ts';
import { CONCURRENCY, type Common, runLoad, type Subject } from './rounds.ts';

const STEP = 5_000;
/** Until code is compiled and pools are filled memory grows in any case. */
const WARM_UP = 20_000;

export type Soak = {
  readonly requests: number;
  /** MB after each step. */
  readonly rss: readonly number[];
  /** MB between the lowest and the highest after the warm-up, and from the first to the last of them. */
  readonly spread: number;
  readonly drift: number;
};

/** Sends many questions and watches the bus's memory. */
export async function soak(
  load: Child,
  subject: Subject,
  requests: number,
  common: Common,
  tell: (line: string) => void,
): Promise<Soak> {
  const rss: number[] = [];
  for (let sent = 0; sent < requests; ) {
    const count = Math.min(STEP, requests - sent);
    const { rate, cpuMicros } = await runLoad(load, subject, count, { concurrency: CONCURRENCY }, common);
    sent += count;
    rss.push(rssMegabytes(subject.pid));
    tell(
      `${sent} requests: ${rss.at(-1)?.toFixed(0)} MB, ${rate.toFixed(0)}/s, ${cpuMicros.toFixed(0)} µs each`,
    );
  }
  const settled = rss.length * STEP > WARM_UP ? rss.slice(WARM_UP / STEP - 1) : rss;
  return {
    requests,
    rss,
    spread: Math.max(...settled) - Math.min(...settled),
    drift: (settled.at(-1) ?? 0) - (settled[0] ?? 0),
  };
}
