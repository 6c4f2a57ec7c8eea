/**
 * `npm run fuzz`: mutated messages against parse, canonical forms and verify, each judged by what may never happen and, beside
 * the bus, by libxmlsec, xmlsec1 and another libxml2. The same seed makes the same messages.
 *
 *   --seed N        another one each time when it is left out
 *   --messages N    200,000 when it is left out
 *   --foreign N     of what is refused, others judge one message in N (4); 0: nobody else judges
 *   --findings DIR  where findings are written (var/fuzz)
 *   --replay FILE   judges the message of a finding once more, and nothing else
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { replayed } from './replay.ts';
import type { Order } from './run.ts';
import type { Progress, Sample } from './worker.ts';

const { values } = parseArgs({
  options: {
    ...{ seed: { type: 'string' }, messages: { type: 'string' }, foreign: { type: 'string' } },
    ...{ findings: { type: 'string' }, replay: { type: 'string' } },
  },
});
const whole = z.coerce.number().int().nonnegative();
const options = z
  .object({
    seed: whole.default(() => Date.now() % 1_000_000_000),
    messages: whole.default(200_000),
    foreign: whole.default(4),
    findings: z.string().default('var/fuzz'),
    replay: z.string().nullable().default(null),
  })
  .parse(values);

/** So long may one message take, oracles and others included, before the run is given up. */
const PATIENCE = 60_000;
/** What may come on top in the second half of a run: a leak of a tree a message would be gigabytes. */
const MOST_GROWTH = 48;
/** Messages after which V8's heap has the size that it keeps. */
const SETTLED = 50_000;

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
type Memory = Sample & { readonly rss: number };
type Done = Extract<Progress, { done: unknown }>['done'];

/** Runs to its end, or tells at which message it came no further. */
function watched(order: Order): Promise<{ done: Done; memory: readonly Memory[] }> {
  const at = new SharedArrayBuffer(4);
  const current = new Int32Array(at);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { order, at } });
  const memory: Memory[] = [];
  let last = { number: -1, since: performance.now() };
  return new Promise((done, failed) => {
    const watch = setInterval(() => {
      const number = Atomics.load(current, 0);
      if (number !== last.number) last = { number, since: performance.now() };
      else if (performance.now() - last.since > PATIENCE) {
        failed(new Error(`message ${number} of seed ${order.seed} hangs`));
        void worker.terminate();
      }
    }, 1_000);
    worker.on('message', (progress: Progress) => {
      if ('done' in progress) return done({ done: progress.done, memory });
      const sample = { ...progress.sample, rss: process.memoryUsage.rss() };
      memory.push(sample);
      console.error(`${sample.number} of ${order.messages}, RSS ${megabytes(sample.rss)} MB`);
    });
    worker.on('error', (cause) => {
      const number = Atomics.load(current, 0);
      failed(new Error(`message ${number} of seed ${order.seed} ended the run`, { cause }));
    });
    worker.on('exit', () => clearInterval(watch));
  });
}

const table = (title: string, counts: Readonly<Record<string, number>>) =>
  [title, ...Object.entries(counts).map(([what, count]) => `${String(count).padStart(9)}  ${what}`), ''].join(
    '\n',
  );

async function main(): Promise<boolean> {
  if (options.replay !== null) {
    const { faults, told } = await replayed(options.replay);
    console.log([told, ...faults.map((fault) => `- ${fault}`)].join('\n'));
    return faults.length === 0;
  }
  const { seed, messages, foreign } = options;
  const began = performance.now();
  const order = { seed, messages, foreignOf: foreign, folder: resolve(options.findings) };
  const { done, memory } = await watched(order);
  const half = memory[Math.floor(memory.length / 2)];
  const end = memory.at(-1);
  const growth = half && end ? megabytes(Math.max(end.engine - half.engine, end.rss - half.rss)) : 0;
  const { xmlsec } = done;
  const faults = [
    ...done.findings,
    ...(growth > MOST_GROWTH && messages >= 2 * SETTLED
      ? [`memory grew by ${growth} MB in the second half`]
      : []),
    ...xmlsec.refused.map((number) => `message ${number} is accepted, and xmlsec1 refuses it`),
  ];
  const memoryOf = (sample: Memory | undefined) =>
    sample ? `RSS ${megabytes(sample.rss)} MB, libxml2 ${megabytes(sample.engine)} MB` : 'not looked at';
  console.log(
    [
      `seed ${seed}, ${messages} messages, ${((performance.now() - began) / 1000).toFixed(0)} s; the dearest took ${done.slowest.toFixed(1)} ms CPU`,
      `halfway ${memoryOf(half)}; at the end ${memoryOf(end)}`,
      '',
      table('Outcomes', done.outcomes),
      table('As libxmlsec judges, of those that it was shown', done.others),
      `xmlsec1 took ${xmlsec.shown - xmlsec.refused.length} of ${xmlsec.shown} mutated messages that were accepted`,
      faults.length === 0 ? 'nothing found' : ['found:', ...faults].join('\n'),
    ].join('\n'),
  );
  return faults.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
