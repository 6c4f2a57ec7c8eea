type Waiter<T> = {
  readonly row: T;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
};

export type GroupCommit<T> = {
  /**
   * Resolves when the row is durable; rejects when its batch could not be written.
   *
   * @param expected how many rows, this one included, are on their way: the commit waits for them, but not for long
   */
  readonly add: (row: T, expected?: number) => Promise<void>;
  /** Waits for what is under way and takes nothing more. */
  readonly close: () => Promise<void>;
};

/** Long enough for several questions to be answered, and nothing beside what a question takes when it is busy. */
const PATIENCE = 8;

/**
 * Lets rows that come together share one commit, because the commit (a wait for the disk) is what costs.
 * Rows of one turn of the event loop go together, so do those that arrive while a commit runs, and those that are
 * known to be on their way and come within a few milliseconds.
 * `largest` bounds a batch, so that one statement stays below the packet size a server accepts.
 *
 * @param patience milliseconds that a row may wait for others to share its commit
 */
export const groupCommit = <T>(
  insert: (rows: readonly T[]) => Promise<void>,
  largest: number,
  patience = PATIENCE,
): GroupCommit<T> => {
  let waiting: Waiter<T>[] = [];
  let running: Promise<void> | null = null;
  let closed = false;
  let expected = 0;
  let wake: () => void = () => {};

  /** Until as many wait as were expected, the batch is full, or patience is at an end. */
  const gather = async () => {
    await new Promise((turn) => setImmediate(turn));
    if (isEnough()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      wake = () => {
        if (!isEnough()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => {};
  };

  const isEnough = () => closed || waiting.length >= Math.min(expected, largest);

  const commit = async (batch: readonly Waiter<T>[]) => {
    try {
      await insert(batch.map((waiter) => waiter.row));
    } catch (cause) {
      for (const waiter of batch) waiter.reject(cause);
      return;
    }
    for (const waiter of batch) waiter.resolve();
  };

  const drain = async () => {
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.slice(0, largest);
      waiting = waiting.slice(largest);
      await commit(batch);
    }
    running = null;
  };

  return {
    add: (row, onTheirWay = 1) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the store is closed'));
        waiting.push({ row, resolve, reject });
        expected = onTheirWay;
        running ??= drain();
        wake();
      }),
    close: async () => {
      closed = true;
      wake();
      await running;
    },
  };
};
