import type { PoolConnection } from 'mysql2';
import type { Value } from './exchange-row.ts';
import { execute } from './mysql-pool.ts';

/**
 * Statements of 1, 2, 4 … rows only, so that a connection keeps a handful prepared whatever the batches.
 *
 * @param otherwise what follows the rows
 */
export const insertInto = async (
  connection: PoolConnection,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
  otherwise = '',
) => {
  const row = `(${columns.map(() => '?').join(', ')})`;
  for (let done = 0; done < rows.length; ) {
    const count = Math.min(64, 2 ** Math.floor(Math.log2(rows.length - done)));
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(count).fill(row).join(', ')} ${otherwise}`;
    await execute(connection, statement, rows.slice(done, done + count).flat());
    done += count;
  }
};
