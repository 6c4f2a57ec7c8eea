import type { ExchangeRecord } from '../exchange/audit.ts';
import { type Cell, GENESIS, linkHash, writerName } from '../exchange/audit-chain.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { exchangeValues, subjectValues } from './exchange-row.ts';

/** Rows of `exchange` with their place in the chain (the order of `chainedColumns`), and of `exchange_subject`. */
export type ChainedBatch = {
  readonly rows: readonly Cell[][];
  readonly subjects: readonly Cell[][];
};

export type ChainWriter = {
  /** Commits exchanges as the next rows of the chain. To be called one batch at a time. */
  readonly write: (exchanges: readonly ExchangeRecord[]) => Promise<void>;
  /** Ends the chain here, and tells under which names it was written; what comes yet begins another. */
  readonly end: () => readonly string[];
};

/**
 * Chains what this process writes. After a commit that failed nobody knows whether the server had made it: that
 * writer ends there, however far it came, and another begins.
 */
export const chainWriter = (
  insert: (batch: ChainedBatch) => Promise<void>,
  randomId: () => string,
  keys: Pick<SubjectKeys, 'hash' | 'seal'>,
): ChainWriter => {
  const newWriter = () => writerName(randomId());
  let head = { writer: newWriter(), sequence: 0, hash: GENESIS };
  let used: string[] = [];
  const restart = () => {
    head = { writer: newWriter(), sequence: 0, hash: GENESIS };
  };

  const write = async (exchanges: readonly ExchangeRecord[]) => {
    const { writer } = head;
    if (head.sequence === 0) used.push(writer);
    const [rows, subjects]: [Cell[][], Cell[][]] = [[], []];
    let { sequence, hash: previous } = head;
    for (const exchange of exchanges) {
      const row = exchangeValues(exchange, keys);
      const own = subjectValues(exchange, keys);
      sequence += 1;
      const hash = linkHash({ writer, sequence, previous }, { row, subjects: own });
      row.push(writer, sequence, previous, hash);
      rows.push(row);
      subjects.push(...own);
      previous = hash;
    }
    try {
      await insert({ rows, subjects });
      // Whoever ended this chain meanwhile has another head by now.
      if (head.writer === writer) head = { writer, sequence, hash: previous };
    } catch (cause) {
      if (head.writer === writer) restart();
      throw cause;
    }
  };

  return {
    write,
    end: () => {
      const ended = used;
      used = [];
      restart();
      return ended;
    },
  };
};
