export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs what it is given in the order of the calls, never two together. */
export const oneAtATime = (): Queue => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => null);
    return mine;
  };
};
