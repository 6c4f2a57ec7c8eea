import type { RetentionNeeds } from '../../src/retention.ts';

type Verb = (...given: unknown[]) => unknown;

/** What retention works with, until it dies with the given call: before that is done, or when it was. */
export function dying(needs: RetentionNeeds, last: number, how: 'before' | 'after') {
  let [count, dead] = [0, false];
  const die = () => {
    dead = true;
    throw new Error('killed');
  };
  const mortal =
    (verb: Verb): Verb =>
    (...given) => {
      if (dead) return die();
      count += 1;
      const isLast = count === last;
      if (isLast && how === 'before') return die();
      const result = verb(...given.map((each) => (typeof each === 'function' ? mortal(each as Verb) : each)));
      if (!isLast) return result instanceof Promise ? result.then(mortalResult) : result;
      return result instanceof Promise ? result.then(die) : die();
    };
  const mortalResult = (value: unknown) =>
    typeof value === 'object' && value !== null && 'place' in value ? mortalParts(value) : value;
  const mortalParts = <T extends object>(parts: T): T =>
    Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [
        name,
        typeof value === 'function' ? mortal(value) : value,
      ]),
    ) as T;
  const { path } = needs.folder;
  return {
    needs: {
      ...needs,
      store: mortalParts(needs.store),
      folder: { ...mortalParts(needs.folder), path },
      sign: mortal(needs.sign as Verb) as RetentionNeeds['sign'],
    },
    isDead: () => dead,
  };
}
