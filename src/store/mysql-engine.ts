import { createPool, type PoolOptions } from 'mysql2';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import type { Engine } from './engine.ts';
import { chainedColumns, subjectColumns } from './exchange-row.ts';
import { insertInto } from './mysql-insert.ts';
import { connectMysql, migrateUnderLock, mysqlServer, refuseLenientServer } from './mysql-migrate.ts';
import { borrowed, end, execute, inTime, PATIENCE, rowsOf } from './mysql-pool.ts';
import { rememberOnServer } from './mysql-seen.ts';
import { untilNotUndone } from './mysql-undone.ts';
import {
  daysOfRow,
  inPopulation,
  registeredDaysIn,
  registeredDaysInAny,
  registeredIn,
  registeredInAny,
} from './registered-sql.ts';

/** One connection, which never commits by itself. */
const committing = (options: PoolOptions) => {
  const pool = createPool({ ...options, connectionLimit: 1 });
  pool.on('connection', (connection) => connection.query('SET autocommit = 0'));
  return pool;
};

/** Opens (and migrates) the database a mysql:// URL names; it must exist. */
export const openMysql = async (url: URL, keys: SubjectKeys): Promise<Engine> => {
  const dataSource = await connectMysql(url);
  const options = { ...mysqlServer(url), timezone: 'Z', connectTimeout: PATIENCE } as const;
  try {
    await refuseLenientServer(dataSource);
    await migrateUnderLock(dataSource, options.database, keys);
  } catch (cause) {
    await dataSource.destroy();
    throw cause;
  }
  const reading = createPool({ ...options, connectionLimit: 8 });
  const auditing = committing(options);
  const noting = committing(options);
  const seen = rememberOnServer(noting);
  return {
    read: (work) => inTime(dataSource.transaction('REPEATABLE READ', work)),
    write: (work) => untilNotUndone(() => dataSource.transaction(work)),
    writeLive: (work) => untilNotUndone(() => dataSource.transaction('READ COMMITTED', work)),
    stamp: async () => {
      const [row] = await rowsOf(reading, 'SELECT counter FROM change_stamp WHERE id = 1', []);
      return row && 'counter' in row ? Number(row.counter) : Number.NaN;
    },
    ping: async () => void (await rowsOf(reading, 'SELECT 1', [])),
    isRegistered: async (partyId, hoedanigheid, { kind, number }, on) => {
      const values = [kind, number, partyId, on, on];
      const rows =
        hoedanigheid === null
          ? await rowsOf(reading, registeredInAny, values)
          : await rowsOf(reading, registeredIn, [...values, hoedanigheid]);
      return rows.length > 0;
    },
    registeredDays: async (partyId, hoedanigheid, { kind, number }) => {
      const values = [kind, number, partyId];
      const rows =
        hoedanigheid === null
          ? await rowsOf(reading, registeredDaysInAny, values)
          : await rowsOf(reading, registeredDaysIn, [...values, hoedanigheid]);
      return rows.map(daysOfRow);
    },
    isInPopulation: async (population, { kind, number }, on) =>
      (await rowsOf(reading, inPopulation, [population, kind, number, on, on])).length > 0,
    insertExchanges: ({ rows, subjects }) =>
      untilNotUndone(() =>
        borrowed(auditing, async (connection) => {
          await insertInto(connection, 'exchange', chainedColumns, rows);
          await insertInto(connection, 'exchange_subject', subjectColumns, subjects);
          await execute(connection, 'COMMIT', []);
        }),
      ),
    remember: seen.remember,
    close: async () => {
      await seen.close();
      await Promise.all([end(reading), end(auditing), end(noting), dataSource.destroy()]);
    },
  };
};
