import { networkOf } from '../exchange/networks.ts';

/** What the refusals of each address have cost, as far as time has not made up for it. Milliseconds throughout. */
export type Debts = {
  /** Is there more against this address than it may owe? */
  readonly owes: (address: string) => boolean;
  /** A refusal cost so much; negative: it is given back. */
  readonly charge: (address: string, milliseconds: number) => void;
};

/** As much one address may owe when no other does: a client that is set up wrongly is told so many times at once. */
const MOST = 200;
/** In steps of so much time goes by; in longer ones where there are many addresses to go through. */
const STEP = 25;
const ADDRESSES_PER_MS = 10;

/**
 * Time makes up for a part of each of its milliseconds, shared alike by all addresses that owe: however many they are, no
 * more than that part goes to them. Of IPv6 a whole /64 is one address.
 *
 * @param part of a processor, from 0 to 1; all of it is no limit
 * @param now milliseconds that never go back
 */
export function refusedDebts(part: number, now: () => number): Debts {
  // Fair queueing by virtual time: who owes until a moment of it has made up for all when `paid` comes there.
  const until = new Map<string, number>();
  let paid = 0;
  let at = now();

  function settle(): void {
    const moment = now();
    if (moment - at < Math.max(STEP, until.size / ADDRESSES_PER_MS)) return;
    let left = (moment - at) * part;
    at = moment;
    for (const [network, end] of [...until].sort(([, a], [, b]) => a - b)) {
      const needed = (end - paid) * until.size;
      if (needed > left) break;
      left -= needed;
      paid = end;
      until.delete(network);
    }
    if (until.size > 0) paid += left / until.size;
  }

  return {
    owes: (address) => {
      if (part >= 1 || until.size === 0) return false;
      settle();
      const end = until.get(networkOf(address));
      return end !== undefined && end - paid > MOST / until.size;
    },
    charge: (address, milliseconds) => {
      if (milliseconds < 0 && until.size === 0) return;
      settle();
      const network = networkOf(address);
      const end = Math.max(paid, until.get(network) ?? 0) + milliseconds;
      if (end > paid) until.set(network, end);
      else until.delete(network);
    },
  };
}
