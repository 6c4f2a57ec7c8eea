import type { Cell, ChainedRow } from '../exchange/audit-chain.ts';
import type { Engine } from './engine.ts';
import { chainedColumns, exchangeColumns, subjectColumns, utc } from './exchange-row.ts';

/** Rows of a writer after one sequence number, up to and with another; null: to its last. */
export type Stretch = { readonly after: number; readonly through: number | null };

/** Rows in memory at a time, and of one look into the database. */
const AT_ONCE = 256;

type Raw = Readonly<Record<string, unknown>>;

/**
 * The rows of a writer as they are kept, a few at a time, so that nobody who records waits. With a number that stands
 * there twice, which the index forbids for as long as it is there, both rows come.
 */
export async function* linkedRows(
  read: Engine['read'],
  writer: string,
  { after, through }: Stretch,
): AsyncIterable<ChainedRow> {
  // What somebody put before the first is to be seen as well.
  let [sequence, id] = after === 0 ? [Number.MIN_SAFE_INTEGER, ''] : [after, LAST_ID];
  for (;;) {
    const values = [writer, sequence, sequence, id, through ?? Number.MAX_SAFE_INTEGER];
    const rows = await read(async (manager) => {
      const found: readonly Raw[] = await manager.query(ROWS, values);
      if (found.length === 0) return [];
      const ids = found.map((row) => String(row.id));
      const subjects: readonly Raw[] = await manager.query(subjectsOf(ids.length), ids);
      const byExchange = Map.groupBy(subjects, (subject) => String(subject.exchange_id));
      return found.map((row) => chained(row, byExchange.get(String(row.id)) ?? []));
    });
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return;
    [sequence, id] = [last.sequence, last.id];
  }
}

/** Behind every id. */
const LAST_ID = '~';

const ROWS = `SELECT ${chainedColumns.join(', ')} FROM exchange
  WHERE writer = ? AND chain_sequence >= ? AND (chain_sequence > ? OR id > ?) AND chain_sequence <= ?
  ORDER BY chain_sequence, id LIMIT ${AT_ONCE}`;

const subjectsOf = (count: number) =>
  `SELECT ${subjectColumns.join(', ')} FROM exchange_subject
  WHERE exchange_id IN (${Array(count).fill('?').join(', ')}) ORDER BY exchange_id, seq`;

const chained = (row: Raw, subjects: readonly Raw[]): ChainedRow => ({
  id: String(row.id),
  writer: String(row.writer),
  sequence: Number(row.chain_sequence),
  previous: String(row.previous_hash),
  hash: String(row.row_hash),
  row: exchangeColumns.map((column) => cell(row[column])),
  subjects: subjects.map((subject) => subjectColumns.map((column) => cell(subject[column]))),
});

/** As it was when it was hashed: a server gives moments back as dates. */
const cell = (value: unknown): Cell => {
  if (value === null || typeof value === 'number') return value;
  return value instanceof Date ? utc(value) : String(value);
};
