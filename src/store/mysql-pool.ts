import type { Pool, PoolConnection, QueryResult } from 'mysql2';
import type { Value } from './exchange-row.ts';

/** Milliseconds after which a server that says nothing counts as lost. */
export const PATIENCE = 5_000;

const silent = () => new Error(`the database server did not answer within ${PATIENCE} ms`);

/** mysql2's callbacks, because its promises make an Error for each call beforehand. */
export const execute = (connection: PoolConnection, sql: string, values: readonly Value[]) =>
  new Promise<QueryResult>((resolve, reject) => {
    connection.execute(sql, [...values], (failure, rows) => (failure ? reject(failure) : resolve(rows)));
  });
export const end = (pool: Pool) =>
  new Promise<void>((resolve, reject) => {
    pool.end((failure) => (failure ? reject(failure) : resolve()));
  });

/**
 * Lends a connection, for as long as patience lasts: waiting for a free one counts. A connection on which anything
 * failed is not used again; the server then undoes what it had begun.
 */
export const borrowed = <T>(pool: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    let lent: PoolConnection | null = null;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      lent?.destroy();
      reject(silent());
    }, PATIENCE);
    const fail = (cause: unknown) => {
      clearTimeout(timer);
      if (!isLate) lent?.destroy();
      reject(cause);
    };
    pool.getConnection((failure, connection) => {
      if (failure) return fail(failure);
      if (isLate) return connection.release();
      lent = connection;
      work(connection).then((result) => {
        clearTimeout(timer);
        if (!isLate) connection.release();
        resolve(result);
      }, fail);
    });
  });

/** Rejects in time; what hangs is left to the operating system to give up. */
export const inTime = async <T>(work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(silent()), PATIENCE);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

export const rowsOf = async (pool: Pool, sql: string, values: readonly Value[]) => {
  const rows = await borrowed(pool, (connection) => execute(connection, sql, values));
  return Array.isArray(rows) ? rows : [];
};
