/**
 * `node bench/flood.ts [--percent N] [--questions N]`: valid clients alone, and the same clients while others send what is refused, from other
 * addresses: at a rate, as fast as they are answered from four addresses, and from forty. `--percent` is the bus's
 * KRUISPUNT_REFUSED_PERCENT; 100 shows what becomes of clients without it.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { doorSettings } from '../src/door-settings.ts';
import { askerIn, signQuestions } from '../test/support/signed-questions.ts';
import { startBus } from './bus.ts';
import { startChild } from './child.ts';
import { loadNow, machine } from './cpu.ts';
import { floodResult } from './hostile-load.ts';
import { hostileMessages } from './hostile-messages.ts';
import { median } from './numbers.ts';
import { subjects } from './persons.ts';
import { asText, type Figure } from './report.ts';
import { CONCURRENCY, runLoad, type Subject } from './rounds.ts';
import { makeWorld } from './world.ts';

const { values } = parseArgs({ options: { percent: { type: 'string' }, questions: { type: 'string' } } });
const { percent, questions } = z
  .object({
    percent: z.string().default(doorSettings.KRUISPUNT_REFUSED_PERCENT.fallback),
    questions: z.coerce.number().int().positive().default(2_000),
  })
  .parse(values);

const ROUNDS = 3;

type Situation = {
  readonly name: string;
  readonly addresses: number;
  readonly connections: number;
  readonly rate: number | null;
};
const floods: readonly Situation[] = [
  { name: '50 a second from 4 addresses', addresses: 4, connections: 4, rate: 50 },
  { name: 'as fast as they can, from 4 addresses', addresses: 4, connections: 8, rate: null },
  { name: 'as fast as they can, from 40 addresses', addresses: 40, connections: 2, rate: null },
];

const loadBefore = loadNow();
const world = await makeWorld();
const bus = await startBus(world.folder, [], { KRUISPUNT_REFUSED_PERCENT: percent });
const load = startChild('load.ts');
const hostile = startChild('hostile-load.ts');
const asker = askerIn(`${world.folder}/demo`, 'afnemer');
const authority = readFileSync(`${world.folder}/demo/ca.crt.pem`, 'utf8');
const [question] = await signQuestions(asker, subjects.small, 1);
const text = Buffer.from(question?.bytes ?? []).toString();
// The good one counts once: after that it is a replay.
const messages = [...hostileMessages(text).map(({ bytes }) => bytes), Buffer.from(text)];

const subject: Subject = { name: 'bus', size: 'small', url: bus.url, pid: bus.pid, warmUp: 0 };
const valid = (count: number) =>
  runLoad(load, subject, count, { concurrency: CONCURRENCY }, { asker, authority });

async function under({ addresses, connections, rate }: Situation) {
  await hostile.ask(
    {
      ...{ url: bus.url, connections, rate, messages: messages.map((each) => each.toString('base64')) },
      addresses: Array.from({ length: addresses }, (_, index) => `127.0.0.${index + 10}`),
    },
    floodResult,
  );
  const began = performance.now();
  // What comes before anybody is known to be refused is over by then; it is measured what a flood that goes on does.
  await wait(3_000);
  const result = await valid(questions);
  const { sent } = await hostile.ask({ stop: true }, floodResult);
  return { ...result, refused: (sent * 1000) / (performance.now() - began) };
}

try {
  await valid(3 * questions);
  const alone: number[] = [];
  const kept = floods.map(() => [] as { ratio: number; p99: number; refused: number }[]);
  for (let round = 0; round < ROUNDS; round++) {
    const { rate } = await valid(questions);
    alone.push(rate);
    for (const [index, flood] of floods.entries()) {
      const result = await under(flood);
      kept[index]?.push({ ratio: (100 * result.rate) / rate, p99: result.p99, refused: result.refused });
    }
  }
  const of = (index: number, key: 'ratio' | 'p99' | 'refused') =>
    median((kept[index] ?? []).map((each) => each[key]));
  const figures: readonly Figure[] = [
    {
      ...{ name: 'valid clients alone', value: median(alone), unit: 'requests/s', target: null },
      note: `${CONCURRENCY} at a time, from one address; KRUISPUNT_REFUSED_PERCENT ${percent}`,
    },
    ...floods.map(
      ({ name }, index): Figure => ({
        ...{ name: `beside ${name}`, value: of(index, 'ratio'), unit: '% of that', target: { least: 80 } },
        note: `p99 ${of(index, 'p99').toFixed(0)} ms; ${of(index, 'refused').toFixed(0)} hostile messages sent a second`,
      }),
    ),
  ];
  const at = new Date().toISOString().slice(0, 16);
  console.log(asText({ at, machine: machine(), load: [loadBefore, loadNow()], figures }));
} finally {
  for (const each of [load, hostile, bus]) await each.stop();
  await world.close();
}
