import type { AnchorLog } from './keep-anchors.ts';
import type { Stamped } from './stamp-anchors.ts';

type Needs = {
  readonly stamp: (stamped: (made: Stamped) => void, signal: AbortSignal) => Promise<void>;
  /** Milliseconds from one look for anchors without a time-stamp to the next, and at the most where looks fail. */
  readonly pace: { readonly every: number; readonly most: number };
  readonly log: AnchorLog;
};

export type Stamping = {
  /** An anchor was made. */
  readonly soon: () => void;
  /** Lets go of what is under way: the anchors are stamped by whoever looks next. */
  readonly close: () => Promise<void>;
};

/**
 * Looks time and again for anchors that no authority has stamped, less often while it fails. Nobody waits for it: an
 * anchor stands without.
 */
export function keepStamping({ stamp, pace, log }: Needs): Stamping {
  const stop = new AbortController();
  let wait = pace.every;
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<void> | null = null;

  async function look(): Promise<void> {
    try {
      await stamp((made) => log.info(made, 'an anchor is time-stamped'), stop.signal);
      wait = pace.every;
    } catch (err) {
      if (stop.signal.aborted) return;
      wait = Math.min(pace.most, wait * 2);
      log.warn(
        { err, again: wait },
        'an anchor could not be time-stamped; it stands without, and is asked for again',
      );
    }
  }

  function soon(): void {
    if (stop.signal.aborted || underWay !== null) return;
    if (timer) clearTimeout(timer);
    underWay = look().finally(() => {
      underWay = null;
      if (!stop.signal.aborted) timer = setTimeout(soon, wait);
    });
  }

  soon();
  return {
    soon,
    close: async () => {
      stop.abort();
      if (timer) clearTimeout(timer);
      await underWay;
    },
  };
}
