/** Chance that can be had again: the same seed and number always draw the same. */
export type Random = {
  /** From 0 up to, and without, `below`. */
  readonly int: (below: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly chance: (share: number) => boolean;
};

/** Each message, and each step on the way to it, draws for itself, so that any of them can be had without the others. */
export function randomOf(seed: number, ...numbers: readonly number[]): Random {
  let state = numbers.reduce(mixed, mixed(0x9e3779b9, seed));
  // Mulberry32: 32 bits of state are plenty for the few draws of one step.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: (list) => {
      const found = list[int(list.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    chance: (share) => next() < share,
  };
}

/** The finish of MurmurHash3: neighbours among numbers come out far apart. */
function mixed(state: number, number: number): number {
  let h = Math.imul(state ^ number, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
