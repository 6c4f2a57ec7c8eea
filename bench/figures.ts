import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { fromJson } from '../src/contract/json-markup.ts';
import { dialectOf } from '../src/dialect/dialect.ts';
import { signerOf, signQuestions } from '../test/support/signed-questions.ts';
import type { Bench } from './bench.ts';
import { startChild } from './child.ts';
import { type Cost, hostileCosts } from './hostile.ts';
import { median } from './numbers.ts';
import { imageOf, subjects } from './persons.ts';
import type { Figure } from './report.ts';
import { belowTop, interleaved, type Steady, type Subject, type Summary, summary } from './rounds.ts';
import type { Soak } from './soak.ts';

/** Every figure that is promised, and how it is come by. */

const ROUNDS = 5;
const SECONDS = 4;
const SHARE_OF_TOP = 0.7;

const figure = (
  name: string,
  value: number,
  unit: string,
  target: Figure['target'] = null,
  note = '',
): Figure => ({ name, value, unit, note, target });

export const startFigure = ({ world }: Bench): Figure =>
  figure('first start, demo world made, to listening', world.firstStart / 1000, 's', { most: 5 });

/**
 * The journey and the baseline at top rate in interleaved rounds, then the bus at 70 % of its own; first with small answers
 * and only then with large ones, so that what the large ones leave in a heap is not charged to the small.
 */
export async function loadFigures({ bus, baseline, load, common }: Bench): Promise<readonly Figure[]> {
  const busAt = { url: bus.url, pid: bus.pid };
  const baselineAt = { url: baseline.url, pid: baseline.pid };
  const small: Subject = { name: 'bus, 5 KB answer', size: 'small', ...busAt, warmUp: 25_000 };
  const large: Subject = { name: 'bus, 45 KB answer', size: 'large', ...busAt, warmUp: 3000 };
  const baseSmall: Subject = { name: 'baseline, 5 KB answer', size: 'small', ...baselineAt, warmUp: 3000 };
  const baseLarge: Subject = { name: 'baseline, 45 KB answer', size: 'large', ...baselineAt, warmUp: 300 };
  const all = [small, large, baseSmall, baseLarge];
  const results = new Map(await interleaved(load, [small, baseSmall], ROUNDS, SECONDS, common));
  const of = (subject: Subject): Summary => {
    const found = results.get(subject);
    if (!found) throw new Error(`${subject.name} was not measured`);
    return found;
  };
  const below = { seconds: SECONDS, share: SHARE_OF_TOP };
  const steady = await belowTop(load, small, ROUNDS, below, common);
  for (const each of await interleaved(load, [large, baseLarge], ROUNDS, SECONDS, common))
    results.set(...each);
  const cpu = (subject: Subject) => of(subject).cpuMicros;
  const growth = of(large).answerBytes / of(small).answerBytes;
  return [
    cpuFigure(small, of(small), { most: 1300 }),
    cpuFigure(large, of(large), null),
    figure(
      '  times the 5 KB answer',
      cpu(large) / cpu(small),
      '×',
      { most: growth },
      'no more than the bytes',
    ),
    cpuFigure(baseSmall, of(baseSmall), null),
    cpuFigure(baseLarge, of(baseLarge), null),
    ratioFigure('baseline / bus, 5 KB answer', of(baseSmall), of(small)),
    ratioFigure('baseline / bus, 45 KB answer', of(baseLarge), of(large)),
    ...all.flatMap((subject) => [rateFigure(subject, of(subject))]),
    ...steadyFigures(steady),
  ];
}

/** The windows of one round lie side by side, in the same minute of the machine: each round is compared by itself. */
function ratioFigure(name: string, baseline: Summary, bus: Summary): Figure {
  const ratios = bus.cpus.map((cpu, round) => (baseline.cpus[round] ?? 0) / cpu);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  return figure(name, median(ratios), '×', { least: 8 }, `median of ${each}`);
}

function steadyFigures(windows: readonly Steady[]): readonly Figure[] {
  const each = (value: (window: Steady) => number) =>
    windows.map((window) => value(window).toFixed(0)).join(', ');
  const { p50, p99, cpuMicros } = summary(windows.map(({ result }) => result));
  return [
    figure(
      'bus at 70 % of its top rate, p50',
      p50,
      'ms',
      null,
      `open loop, 5 KB answer; at ${each(({ rate }) => rate)}/s`,
    ),
    figure(
      '  p99',
      p99,
      'ms',
      { most: 100 },
      `${each(({ result }) => result.p99)}; worst ${each(({ result }) => result.worst)}`,
    ),
    figure('  CPU', cpuMicros, 'µs/request'),
  ];
}

const cpuFigure = ({ name }: Subject, result: Summary, target: Figure['target']) =>
  figure(
    `${name}: CPU`,
    result.cpuMicros,
    'µs/request',
    target,
    `${[Math.min(...result.cpus), Math.max(...result.cpus)].map(Math.round).join('–')}; question ${result.questionBytes} B, answer ${result.answerBytes} B`,
  );

const rateFigure = ({ name }: Subject, { rate, p50, p99, verified }: Summary) =>
  figure(
    `${name}: top rate`,
    rate,
    'requests/s',
    null,
    `16 at a time, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${verified} answers' signatures verified`,
  );

const times = z.record(z.string(), z.object({ median: z.number(), p99: z.number(), cpu: z.number() }));

/** Parse and verify alone: a question, and the same signer's signature around a large Body. */
export async function parseFigures({ world, asker, common, privateKey }: Bench): Promise<readonly Figure[]> {
  const child = startChild('parse-verify.ts');
  const [question] = await signQuestions(asker, subjects.small, 1);
  const messages = {
    small: Buffer.from(question?.bytes ?? []).toString('base64'),
    large: Buffer.from(await signerOf(asker).sign([largePayload(world.service)], '1.1')).toString('base64'),
  };
  const job = { messages, authority: common.authority, privateKey, milliseconds: 3000 };
  const { small, large, rsa } = await child.ask(job, times);
  await child.stop();
  if (!small || !large || !rsa) throw new Error('parse and verify was not measured');
  const bytes = (base64: string) => `%, ${Buffer.from(base64, 'base64').length} B signed`;
  const one = (name: string, { median, p99, cpu }: typeof small, base64: string, most: number) =>
    figure(
      name,
      median,
      'µs',
      { most },
      bytes(base64).replace('%', `p99 ${p99.toFixed(0)} µs, mean with all threads ${cpu.toFixed(0)} µs CPU`),
    );
  return [
    one('parse + verify, 5 KB message', small, messages.small, 350),
    one('parse + verify, 45 KB message', large, messages.large, 1500),
    figure('one RSA-2048 signature here', rsa.median, 'µs', null, 'to compare machines by'),
  ];
}

function largePayload({ rules, contract }: Bench['world']['service']) {
  const dialect = dialectOf(rules);
  const response = contract.operations[0]?.response;
  const around = response && contract.model(response);
  const content = around && dialect.answerModel(around).children.find(({ name }) => name === rules.filtered);
  if (!response || !content) throw new Error(`${rules.name} has no answer`);
  return dialect.writeReply({
    response: { ...response, prefix: 'ns' },
    name: rules.name,
    version: rules.version,
    at: new Date(),
    speaker: 'bench',
    reference: randomUUID(),
    sender: { uri: 'bench', hoedanigheid: null, reference: randomUUID(), endUser: null },
    answer: { reference: 'bench', content: fromJson(content, { Persoon: imageOf('large') }), notices: [] },
    notices: [],
  });
}

export async function hostileFigures({ bus, asker }: Bench): Promise<readonly Figure[]> {
  const costs = await hostileCosts(bus, asker, subjects.small);
  const one = ({ name, bytes, mean, worst }: Cost) =>
    figure(`refusing: ${name}`, mean, 'ms CPU', { most: 50 }, `worst ${worst.toFixed(1)} ms, ${bytes} B`);
  return costs.map(one);
}

export const soakFigures = ({ requests, rss, spread, drift }: Soak): readonly Figure[] => [
  figure(`memory (RSS) after ${requests} requests`, rss.at(-1) ?? 0, 'MB'),
  figure('  drift after the warm-up', Math.abs(drift), 'MB', { most: 30 }, `spread ${spread.toFixed(0)} MB`),
];
