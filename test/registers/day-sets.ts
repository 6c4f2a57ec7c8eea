import fc from 'fast-check';
import type { Days } from '../../src/exchange/days.ts';
import type { Period } from '../../src/exchange/periods.ts';

/** Periods the slow way, as sets of day numbers: what the repertory is held against. */
export type DaySet = ReadonlySet<number>;

/** The days that tests play with; the one after the last stands for all that follow. */
const HORIZON = 24;
const FIRST = Date.parse('2026-02-20T00:00:00Z');

export const dayOf = (number: number): string =>
  new Date(FIRST + number * 86_400_000).toISOString().slice(0, 10);
const numbers = Array.from({ length: HORIZON + 1 }, (_, number) => number);
const numberOf = new Map(numbers.map((number) => [dayOf(number), number]));

const numberFor = (day: string): number => {
  const number = numberOf.get(day);
  if (number === undefined) throw new Error(`${day} is not a day the model knows`);
  return number;
};

/** Every day a stretch has, with the horizon when it is open-ended. */
export const daysOf = ({ begin, end }: Days): DaySet => {
  const from = begin === null ? 0 : numberFor(begin);
  const until = end === null ? HORIZON : numberFor(end);
  return new Set(numbers.filter((number) => number >= from && number <= until));
};

const periodOf = (days: readonly number[]): Period => {
  const last = Math.max(...days);
  return { begin: dayOf(Math.min(...days)), end: last === HORIZON ? null : dayOf(last) };
};

export const meet = (one: DaySet, other: DaySet): boolean => [...one].some((day) => other.has(day));

export const isWithin = (inner: DaySet, outer: DaySet): boolean => [...inner].every((day) => outer.has(day));

const inOrder = (periods: readonly Period[]) =>
  periods.toSorted((one, other) => one.begin.localeCompare(other.begin));

/** Unites sets that meet, one pair at a time. */
export const registerDays = (lines: readonly Period[], asked: Period): readonly Period[] => {
  const apart = lines.map(daysOf);
  let grown = daysOf(asked);
  for (let met = apart.findIndex((line) => meet(line, grown)); met >= 0; ) {
    for (const line of apart.splice(met, 1)) grown = new Set([...grown, ...line]);
    met = apart.findIndex((line) => meet(line, grown));
  }
  return inOrder([...apart, grown].map((days) => periodOf([...days])));
};

/** Strikes days out, one at a time, and reads off the runs that are left. */
export const unregisterDays = (lines: readonly Period[], out: Days): readonly Period[] => {
  const struck = daysOf(out);
  const runs = lines.map(daysOf).flatMap((line) => {
    const pieces: number[][] = [];
    for (const day of [...line].filter((each) => !struck.has(each))) {
      const last = pieces.at(-1);
      if (last?.at(-1) === day - 1) last.push(day);
      else pieces.push([day]);
    }
    return pieces;
  });
  return inOrder(runs.map(periodOf));
};

const day = fc.integer({ min: 0, max: HORIZON - 1 });

export const somePeriod: fc.Arbitrary<Period> = fc
  .tuple(day, fc.option(fc.integer({ min: 0, max: 6 }), { nil: null, freq: 8 }))
  .map(([begin, more]) => ({
    begin: dayOf(begin),
    end: more === null ? null : dayOf(Math.min(begin + more, HORIZON - 1)),
  }));

export const someStretch: fc.Arbitrary<Days> = fc
  .tuple(somePeriod, fc.integer({ min: 0, max: 5 }))
  .map(([period, open]) => (open === 0 ? { begin: null, end: period.end } : period));

/** What one does to the lines of one subject. */
export type Step =
  | { readonly verb: 'register'; readonly asked: Period }
  | { readonly verb: 'unregister'; readonly asked: Days };

export const someStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: somePeriod.map((asked): Step => ({ verb: 'register', asked })) },
  { weight: 2, arbitrary: someStretch.map((asked): Step => ({ verb: 'unregister', asked })) },
);

export const afterStep = (lines: readonly Period[], step: Step): readonly Period[] =>
  step.verb === 'register' ? registerDays(lines, step.asked) : unregisterDays(lines, step.asked);

export const afterSteps = (steps: readonly Step[]): readonly Period[] =>
  steps.reduce<readonly Period[]>(afterStep, []);
