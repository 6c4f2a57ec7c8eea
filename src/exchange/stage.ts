/** One step: takes a message in one state and returns it in the next, or throws a Refusal. */
export type Stage<In, Out extends In> = (message: In, signal: AbortSignal) => Out | Promise<Out>;

/** Told of each stage that a message has passed: its name, its milliseconds, and the message as it now is. */
export type Passed<Start> = (stage: string, milliseconds: number, message: Start) => void;

type Run<Start, End> = (start: Start, signal: AbortSignal, passed: Passed<Start>) => End | Promise<End>;

/** Stages in order. A stage that needs what no earlier stage has established does not compile. */
export class Journey<Start, Here extends Start> {
  readonly #travel: Run<Start, Here>;

  private constructor(travel: Run<Start, Here>) {
    this.#travel = travel;
  }

  static from<Start>(): Journey<Start, Start> {
    return new Journey<Start, Start>((start) => start);
  }

  to<Next extends Here>(stage: Stage<Here, Next>): Journey<Start, Next> {
    const before = this.#travel;
    return new Journey<Start, Next>((start, signal, passed) => {
      const enter = (here: Here) => {
        const began = performance.now();
        const leave = (next: Next) => {
          passed(stage.name, performance.now() - began, next);
          return next;
        };
        return thereupon(stage(here, signal), leave);
      };
      return thereupon(before(start, signal, passed), enter);
    });
  }

  async run(start: Start, signal: AbortSignal, passed: Passed<Start>): Promise<Here> {
    return this.#travel(start, signal, passed);
  }
}

/** At once where there is nothing to wait for: half of the stages wait for nobody, and a wait costs what they cost. */
const thereupon = <T, U>(given: T | Promise<T>, go: (value: T) => U | Promise<U>): U | Promise<U> =>
  given instanceof Promise ? given.then(go) : go(given);
