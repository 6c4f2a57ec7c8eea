import { createHash } from 'node:crypto';
import { createPool, type PoolConnection, type PoolOptions } from 'mysql2';
import { DataSource } from 'typeorm';
import type { Engine } from './engine.ts';
import {
  exchangeColumns,
  exchangeValues,
  subjectColumns,
  subjectValues,
  type Value,
} from './exchange-row.ts';
import { migrate, migrations } from './migrate.ts';
import { borrowed, end, execute, inTime, PATIENCE, rowsOf } from './mysql-pool.ts';
import {
  daysOfRow,
  inPopulation,
  registeredDaysIn,
  registeredDaysInAny,
  registeredIn,
  registeredInAny,
} from './registered-sql.ts';
import { tables } from './tables/all.ts';

const MIGRATION_SECONDS = 60;

/** Statements of 1, 2, 4 … rows only, so that a connection keeps a handful prepared whatever the batches. */
const insertInto = async (
  connection: PoolConnection,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
) => {
  const row = `(${columns.map(() => '?').join(', ')})`;
  for (let done = 0; done < rows.length; ) {
    const count = Math.min(64, 2 ** Math.floor(Math.log2(rows.length - done)));
    const statement = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array(count).fill(row).join(', ')}`;
    await execute(connection, statement, rows.slice(done, done + count).flat());
    done += count;
  }
};

/** The audit has one connection, which never commits by itself. */
const auditPool = (options: PoolOptions) => {
  const pool = createPool({ ...options, connectionLimit: 1 });
  pool.on('connection', (connection) => connection.query('SET autocommit = 0'));
  return pool;
};

const migrateUnderLock = async (dataSource: DataSource, database: string) => {
  const name = `migrate-${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
  const runner = dataSource.createQueryRunner();
  try {
    const [lock] = await runner.query('SELECT GET_LOCK(?, ?) AS held', [name, MIGRATION_SECONDS]);
    if (Number(lock?.held) !== 1) throw new Error('another process has been migrating for over a minute');
    try {
      await migrate(dataSource, runner);
    } finally {
      await runner.query('DO RELEASE_LOCK(?)', [name]);
    }
  } finally {
    await runner.release();
  }
};

const refuseLenientServer = async (dataSource: DataSource) => {
  const [row] = await dataSource.query('SELECT @@sql_mode AS mode');
  if (/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode))) return;
  throw new Error('the server cuts values that do not fit: set sql_mode to include STRICT_TRANS_TABLES');
};

/** Opens (and migrates) the database a mysql:// URL names; it must exist. */
export const openMysql = async (url: URL): Promise<Engine> => {
  const database = decodeURIComponent(url.pathname.slice(1));
  const server = { host: url.hostname, port: Number(url.port || 3306) };
  const password = decodeURIComponent(url.password);
  const username = decodeURIComponent(url.username);
  const common = { database, password, timezone: 'Z', connectTimeout: PATIENCE } as const;
  const dataSource = new DataSource({
    ...{ ...common, ...server, type: 'mysql', username, poolSize: 4 },
    ...{ entities: tables, migrations, logging: false },
  });
  await dataSource.initialize();
  const options = { ...common, ...server, user: username };
  try {
    await refuseLenientServer(dataSource);
    await migrateUnderLock(dataSource, database);
  } catch (cause) {
    await dataSource.destroy();
    throw cause;
  }
  const reading = createPool({ ...options, connectionLimit: 8 });
  const auditing = auditPool(options);
  return {
    read: (work) => inTime(dataSource.transaction('REPEATABLE READ', work)),
    write: (work) => dataSource.transaction(work),
    writeLive: (work) => dataSource.transaction('READ COMMITTED', work),
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
    insertExchanges: (exchanges) =>
      borrowed(auditing, async (connection) => {
        await insertInto(connection, 'exchange', exchangeColumns, exchanges.map(exchangeValues));
        await insertInto(connection, 'exchange_subject', subjectColumns, exchanges.flatMap(subjectValues));
        await execute(connection, 'COMMIT', []);
      }),
    close: async () => {
      await Promise.all([end(reading), end(auditing), dataSource.destroy()]);
    },
  };
};
