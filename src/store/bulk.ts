import type { EntityManager } from 'typeorm';

export type Value = string | number | null;

/** Both engines take statements of this size without a thought. */
const MOST_VALUES = 8_000;
const MOST_CHARACTERS = 1_000_000;

const lengthOf = (row: readonly Value[]) =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0);

/** Inserts rows with as few statements as fit; what an auto-incremented key gets goes up in their order. */
export const insertRows = async (
  manager: EntityManager,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<void> => {
  const row = `(${columns.map(() => '?').join(',')})`;
  for (let done = 0; done < rows.length; ) {
    let end = done;
    let size = 0;
    while (end < rows.length && (end - done) * columns.length < MOST_VALUES) {
      size += lengthOf(rows[end] ?? []);
      if (size > MOST_CHARACTERS && end > done) break;
      end += 1;
    }
    const places = Array(end - done)
      .fill(row)
      .join(',');
    await manager.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places}`,
      rows.slice(done, end).flat(),
    );
    done = end;
  }
};

/** What a query with `IN (…)` at the place of `$` finds for all these values, a thousand at a time. */
export const selectIn = async <Row>(
  manager: EntityManager,
  sql: string,
  before: readonly Value[],
  values: readonly string[],
): Promise<Row[]> => {
  const found: Row[] = [];
  for (let done = 0; done < values.length; done += 1_000) {
    const some = values.slice(done, done + 1_000);
    const rows: Row[] = await manager.query(sql.replace('$', `IN (${some.map(() => '?').join(',')})`), [
      ...before,
      ...some,
    ]);
    for (const row of rows) found.push(row);
  }
  return found;
};

/** UTC with milliseconds, in the form both engines store and sort. */
export const utc = (at: Date): string => at.toISOString().slice(0, 23).replace('T', ' ');
