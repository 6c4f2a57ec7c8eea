type Seldom = {
  /** Milliseconds from one turn to the next when there was nothing more to do, and when it failed. */
  readonly quiet: number;
  readonly afterFailure: number;
  /** Milliseconds since any moment. */
  readonly now: () => number;
};

/**
 * Lets work that is called time and again be done only when it may have something to do.
 *
 * @param work tells whether there is more, to be done at the next call
 */
export function seldom(
  work: (signal: AbortSignal) => Promise<boolean>,
  { quiet, afterFailure, now }: Seldom,
): (signal: AbortSignal) => Promise<void> {
  let next = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (now() < next) return;
    try {
      next = (await work(signal)) ? now() : now() + quiet;
    } catch (error) {
      next = now() + afterFailure;
      throw error;
    }
  };
}
