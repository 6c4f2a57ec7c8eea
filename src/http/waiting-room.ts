import type { Debts } from './refused-debts.ts';

/** From which address a message comes, and on which line; null where the line is a proxy's, which brings many. */
export type Caller = { readonly address: string; readonly line: object | null };

/** Lets a message in, and hears what became of it. `refused`: as one that nobody with a right to ask sends. */
export type Pass = {
  readonly leave: (outcome: { readonly refused: boolean; readonly bytes: number }) => void;
};

export type WaitingRoom = {
  /** null: it was not its turn in time, or the caller has gone. */
  readonly enter: (caller: Caller, hasGone: () => boolean) => Pass | Promise<Pass | null>;
  /** How many wait now, and how many waited in vain so far. */
  readonly counts: () => { readonly waiting: number; readonly turnedAway: number };
  /** From now on nobody waits. */
  readonly close: () => void;
};

type Needs = {
  readonly debts: Debts;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Told of an address, at most once a minute, when messages of it begin to wait. */
  readonly onWait: (address: string) => void;
};

type Waiting = {
  readonly caller: Caller;
  readonly hasGone: () => boolean;
  readonly since: number;
  readonly settle: (pass: Pass | null) => void;
};

/** Milliseconds of a processor: about what the dearest refusals cost, with a signed fault and a row in the audit. */
const costOf = (bytes: number) => 1.5 + bytes / 50_000;
/** What one that is answered makes up for: where most are, few are behind the same address that should wait. */
const WORTH = 0.25;
/** Taken of who waited, until it is known what became of the message. */
const DEPOSIT = 5;
const TICK = 25;
/** A client gives up later, a proxy before the bus hardly earlier. */
const PATIENCE = 10_000;
const TELL_AGAIN = 60_000;

/**
 * Who sends what is refused waits before the next message is read, while the others are answered. A line on which the last
 * message was not refused does not wait: behind one address there are others than those that send such things.
 */
export function waitingRoom({ debts, now, onWait }: Needs): WaitingRoom {
  const queues = new Map<string, Waiting[]>();
  /** Lines whose last message was not refused, and lines of which one ever was. */
  const proven = new WeakSet<object>();
  const known = new WeakSet<object>();
  const told = new Map<string, number>();
  let turnedAway = 0;
  let isOpen = true;
  let timer: NodeJS.Timeout | null = null;

  const isKnown = ({ line }: Caller) => line !== null && known.has(line);

  const passFor = ({ address, line }: Caller, deposit: number): Pass => ({
    leave: ({ refused, bytes }) => {
      if (line && refused) {
        proven.delete(line);
        known.add(line);
      } else if (line) proven.add(line);
      debts.charge(address, (refused ? costOf(bytes) : -WORTH) - deposit);
    },
  });

  function look(): void {
    timer = null;
    for (const [address, queue] of queues) {
      serve(address, queue);
      if (queue.length === 0) queues.delete(address);
    }
    if (queues.size > 0) timer = setTimeout(look, TICK);
  }

  /** In their order, for as long as the address may; those that came first need not be in front. */
  function serve(address: string, queue: Waiting[]): void {
    for (const late of queue.filter(({ since }) => now() - since > PATIENCE)) {
      queue.splice(queue.indexOf(late), 1);
      if (!late.hasGone()) turnedAway += 1;
      late.settle(null);
    }
    for (let first = queue[0]; first; first = queue[0]) {
      const hasGone = first.hasGone();
      if (!hasGone && debts.owes(address)) return;
      queue.shift();
      if (!hasGone) debts.charge(address, DEPOSIT);
      first.settle(hasGone ? null : passFor(first.caller, DEPOSIT));
    }
  }

  function tell(address: string): void {
    if (now() - (told.get(address) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN) return;
    if (told.size > 1000) told.clear();
    told.set(address, now());
    onWait(address);
  }

  return {
    enter: (caller, hasGone) => {
      const { address, line } = caller;
      if (!isOpen || (line && proven.has(line)) || !debts.owes(address)) return passFor(caller, 0);
      tell(address);
      return new Promise((settle) => {
        const queue = queues.get(address) ?? [];
        queues.set(address, queue);
        // Before those on lines on which one was refused already: who comes anew may well be a client.
        const behind = isKnown(caller) ? -1 : queue.findIndex((each) => isKnown(each.caller));
        queue.splice(behind === -1 ? queue.length : behind, 0, { caller, hasGone, since: now(), settle });
        timer ??= setTimeout(look, TICK);
      });
    },
    counts: () => ({
      waiting: [...queues.values()].reduce((sum, { length }) => sum + length, 0),
      turnedAway,
    }),
    close: () => {
      isOpen = false;
      if (timer) clearTimeout(timer);
      for (const queue of queues.values()) for (const { settle } of queue.splice(0)) settle(null);
      queues.clear();
    },
  };
}
