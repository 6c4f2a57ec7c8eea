import type { Registration } from '../../src/exchange/party.ts';
import { type ChangedBy, keepRepertory } from '../../src/registers/repertory.ts';

/** The repertory on an array in place of a database. */
export const repertoryInMemory = () => {
  let lines: readonly Registration[] = [];
  const writers: ChangedBy[] = [];
  const repertory = keepRepertory({
    rewriteRegistrations: async (_key, rewrite, by) => {
      const { remove, add, result } = rewrite(lines);
      if (remove.length + add.length > 0) writers.push(by);
      lines = [...lines.filter((line) => !remove.includes(line)), ...add].toSorted((one, other) =>
        one.begin.localeCompare(other.begin),
      );
      return result;
    },
  });
  return { ...repertory, lines: () => lines, writers };
};
