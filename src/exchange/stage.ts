/** One step: takes a message in one state and returns it in the next, or throws a Refusal. */
export type Stage<In, Out extends In> = (message: In, signal: AbortSignal) => Out | Promise<Out>;

/** Told of each stage that a message has passed: its name, its milliseconds, and the message as it now is. */
export type Passed<Start> = (stage: string, milliseconds: number, message: Start) => void;

/** A stage of which only the order tells what it takes. */
type Step<Start> = {
  readonly name: string;
  readonly take: (message: never, signal: AbortSignal) => Start | Promise<Start>;
};

/** Stages in order. A stage that needs what no earlier stage has established does not compile. */
export class Journey<Start, Here extends Start> {
  readonly #steps: readonly Step<Start>[];

  private constructor(steps: readonly Step<Start>[]) {
    this.#steps = steps;
  }

  static from<Start>(): Journey<Start, Start> {
    return new Journey<Start, Start>([]);
  }

  to<Next extends Here>(stage: Stage<Here, Next>): Journey<Start, Next> {
    return new Journey<Start, Next>([...this.#steps, { name: stage.name, take: stage }]);
  }

  async run(start: Start, signal: AbortSignal, passed: Passed<Start>): Promise<Here> {
    // That each step gives what the next one takes was established when it was added.
    let here: Start = start;
    let began = performance.now();
    for (const { name, take } of this.#steps) {
      const given = take(here as never, signal);
      // Half of the stages wait for nobody, and a wait costs what they cost.
      here = given instanceof Promise ? await given : given;
      const ended = performance.now();
      passed(name, ended - began, here);
      began = ended;
    }
    return here as Here;
  }
}
