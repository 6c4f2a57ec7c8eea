export type AnchorLog = {
  readonly info: (about: object, text: string) => void;
  readonly warn: (about: object, text: string) => void;
};

type Needs = {
  readonly make: (ended: readonly string[]) => Promise<object | null>;
  /** Ends what this process chained, and tells under which names. */
  readonly endChain: () => readonly string[];
  /** Milliseconds from one anchor to the next. */
  readonly every: number;
  readonly log: AnchorLog;
};

/**
 * Anchors the audit now, which covers processes that died before, and time and again. `close` makes the last anchor of
 * this process, to be called when nothing is recorded any more.
 */
export function keepAnchors({ make, endChain, every, log }: Needs): { readonly close: () => Promise<void> } {
  const anchor = saying(make, log);
  let last = anchor([]);
  const timer = setInterval(() => {
    last = last.then(() => anchor([]));
  }, every);
  return {
    close: async () => {
      clearInterval(timer);
      await last;
      await anchor(endChain());
    },
  };
}

/** The last anchor of a process beside one that keeps them. */
export const anchorEnd = ({ make, endChain, log }: Omit<Needs, 'every'>): Promise<void> =>
  saying(make, log)(endChain());

/** What the log says of an anchor lies outside the database, and can be held against it. */
const saying = (make: Needs['make'], log: AnchorLog) => async (ended: readonly string[]) => {
  try {
    const made = await make(ended);
    if (made) log.info(made, 'the audit is anchored');
  } catch (err) {
    log.warn({ err }, 'the audit could not be anchored; the next anchor covers what this one would have');
  }
};
