import { networkOf } from '../exchange/networks.ts';

/** How often somebody may be wrong, and within how many milliseconds. */
type Limits = { readonly perUser: number; readonly perAddress: number; readonly within: number };

export type Attempts = {
  /** Whether this address may try to come in under this name now. */
  readonly allowed: (address: string, userName: string) => boolean;
  readonly failed: (address: string, userName: string) => void;
};

type Count = { count: number; readonly since: number };

// What is counted of one address is some hundred bytes; an attacker with more addresses pushes the oldest out.
const MAX_COUNTED = 20_000;

/**
 * Counts who was wrong, per address and user name and per address. Not per user name alone: then anybody could shut a
 * party out by being wrong in its name.
 *
 * @param now milliseconds, on a clock that does not jump
 */
export function countAttempts(now: () => number, { perUser, perAddress, within }: Limits): Attempts {
  const counts = new Map<string, Count>();

  function countOf(key: string): number {
    const found = counts.get(key);
    if (!found) return 0;
    if (now() - found.since < within) return found.count;
    counts.delete(key);
    return 0;
  }

  function add(key: string): void {
    if (countOf(key) > 0) {
      const found = counts.get(key);
      if (found) found.count += 1;
      return;
    }
    counts.set(key, { count: 1, since: now() });
    if (counts.size > MAX_COUNTED) counts.delete(counts.keys().next().value ?? '');
  }

  const keys = (address: string, userName: string) => {
    const from = networkOf(address);
    return { one: JSON.stringify([from, userName.slice(0, 100)]), all: from };
  };
  return {
    allowed: (address, userName) => {
      const { one, all } = keys(address, userName);
      return countOf(one) < perUser && countOf(all) < perAddress;
    },
    failed: (address, userName) => {
      const { one, all } = keys(address, userName);
      add(one);
      add(all);
    },
  };
}
