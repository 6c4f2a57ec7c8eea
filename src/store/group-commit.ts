type Waiter<T> = {
  readonly row: T;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
};

export type GroupCommit<T> = {
  /** Resolves when the row is durable; rejects when its batch could not be written. */
  readonly add: (row: T) => Promise<void>;
  /** Waits for what is under way and takes nothing more. */
  readonly close: () => Promise<void>;
};

/**
 * Lets rows that come together share one commit, because the commit (a wait for the disk) is what costs.
 * Rows of one turn of the event loop go together, and so do those that arrive while a commit runs.
 * `largest` bounds a batch, so that one statement stays below the packet size a server accepts.
 */
export const groupCommit = <T>(
  insert: (rows: readonly T[]) => Promise<void>,
  largest: number,
): GroupCommit<T> => {
  let waiting: Waiter<T>[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

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
    await new Promise((turn) => setImmediate(turn));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, largest);
      waiting = waiting.slice(largest);
      await commit(batch);
    }
    running = null;
  };

  return {
    add: (row) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the store is closed'));
        waiting.push({ row, resolve, reject });
        running ??= drain();
      }),
    close: async () => {
      closed = true;
      await running;
    },
  };
};
