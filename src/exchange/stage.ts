/** One step: takes a message in one state and returns it in the next, or throws a Refusal. */
export type Stage<In, Out extends In> = (message: In, signal: AbortSignal) => Out | Promise<Out>;

/** Told of each stage that a message has passed: its name, its milliseconds, and the message as it now is. */
export type Passed<Start> = (stage: string, milliseconds: number, message: Start) => void;

type Run<Start, End> = (start: Start, signal: AbortSignal, passed: Passed<Start>) => Promise<End>;

/** Stages in order. A stage that needs what no earlier stage has established does not compile. */
export class Journey<Start, Here extends Start> {
  readonly run: Run<Start, Here>;

  private constructor(run: Run<Start, Here>) {
    this.run = run;
  }

  static from<Start>(): Journey<Start, Start> {
    return new Journey<Start, Start>(async (start) => start);
  }

  to<Next extends Here>(stage: Stage<Here, Next>): Journey<Start, Next> {
    return new Journey<Start, Next>(async (start, signal, passed) => {
      const here = await this.run(start, signal, passed);
      const began = performance.now();
      const next = await stage(here, signal);
      passed(stage.name, performance.now() - began, next);
      return next;
    });
  }
}
