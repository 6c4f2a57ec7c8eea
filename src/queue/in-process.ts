import type { Clock } from '../exchange/clock.ts';
import { momentsHere } from './moments-here.ts';
import {
  type Add,
  asError,
  type NextMoment,
  PATIENCE,
  type Queue,
  type QueueLog,
  type Step,
} from './queue.ts';

type Needs = {
  readonly steps: readonly Step[];
  readonly clock: Clock;
  readonly next: NextMoment;
  readonly log: QueueLog;
  readonly patience?: number;
};

/** The rows of one step that wait, are under way, or rest before another attempt. */
type Line = {
  readonly waiting: string[];
  readonly held: Set<string>;
  readonly failures: Map<string, number>;
  readonly resting: Map<string, NodeJS.Timeout>;
  readonly step: Step;
  running: number;
};

/** The queue of a bus without Redis: this process's memory. What is lost with it is found again by the sweep. */
export function inProcess({ steps, clock, next, log, patience = PATIENCE }: Needs): Queue {
  const lines = new Map(steps.map((step) => [step.name, empty(step)]));
  const underWay = new Set<Promise<void>>();
  const stop = new AbortController();
  let working = false;
  let closed = false;

  const add = async (name: string, id: string) => {
    if (closed) throw new Error('the queue is closed');
    const line = lines.get(name);
    if (!line) throw new Error(`there is no step ${name}`);
    if (line.held.has(id)) return;
    line.held.add(id);
    line.waiting.push(id);
    advance(line);
  };

  // Only a queue that closes does not take it.
  const then: Add = (name, id) => add(name, id).catch(() => {});

  function advance(line: Line): void {
    while (working && !closed && line.running < line.step.atOnce) {
      const id = line.waiting.shift();
      if (id === undefined) return;
      line.running += 1;
      const work = attempt(line, id).finally(() => {
        line.running -= 1;
        underWay.delete(work);
        advance(line);
      });
      underWay.add(work);
    }
  }

  async function attempt(line: Line, id: string): Promise<void> {
    try {
      await line.step.run(id, stop.signal, then);
      forget(line, id);
    } catch (error) {
      await failed(line, id, asError(error));
    }
  }

  async function failed(line: Line, id: string, error: Error): Promise<void> {
    const { step } = line;
    const failures = (line.failures.get(id) ?? 0) + 1;
    log.warn({ step: step.name, id, attempt: failures, err: error }, 'a step failed');
    if (closed) return forget(line, id);
    if (failures < step.attempts) {
      line.failures.set(id, failures);
      const rest = () => {
        line.resting.delete(id);
        line.waiting.push(id);
        advance(line);
      };
      line.resting.set(id, setTimeout(rest, step.pause * 2 ** (failures - 1)));
      return;
    }
    await step
      .gaveUp(id, error)
      .catch((err: unknown) => log.error({ step: step.name, id, err }, 'a failure could not be recorded'));
    forget(line, id);
  }

  const moments = momentsHere(clock, next, (name, id) => void add(name, id).catch(() => {}));
  return {
    add,
    keepMoments: async (name, given) => moments.keep(name, given),
    work: () => {
      working = true;
      for (const line of lines.values()) advance(line);
    },
    close: async () => {
      closed = true;
      moments.stop();
      for (const { resting } of lines.values()) for (const timer of resting.values()) clearTimeout(timer);
      const impatient = setTimeout(() => stop.abort(new Error('the bus is stopping')), patience);
      await Promise.all(underWay);
      clearTimeout(impatient);
    },
  };
}

const empty = (step: Step): Line => ({
  step,
  waiting: [],
  held: new Set(),
  failures: new Map(),
  resting: new Map(),
  running: 0,
});

function forget(line: Line, id: string): void {
  line.held.delete(id);
  line.failures.delete(id);
}
