import { createHash } from 'node:crypto';
import { DataSource, type QueryRunner } from 'typeorm';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { migrate, migrations } from './migrate.ts';
import { PATIENCE } from './mysql-pool.ts';
import { tables } from './tables/all.ts';

const MIGRATION_SECONDS = 60;

/** A table that is there for as long as a copy into the database is not whole. No bus works on such a database. */
export const HALF_COPY = 'copy_under_way';

export const mysqlServer = (url: URL) => ({
  database: decodeURIComponent(url.pathname.slice(1)),
  host: url.hostname,
  port: Number(url.port || 3306),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
});

/** Without a look at the tables; the caller destroys it. */
export const connectMysql = async (url: URL): Promise<DataSource> => {
  const { user, ...server } = mysqlServer(url);
  const dataSource = new DataSource({
    ...{ ...server, type: 'mysql', username: user, timezone: 'Z', connectTimeout: PATIENCE, poolSize: 4 },
    ...{ entities: tables, migrations, logging: false },
  });
  return dataSource.initialize();
};

/** Whoever holds this lock is alone in making and filling tables. */
export const migrationLock = (database: string) =>
  `migrate-${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;

const refuseHalfCopy = async (runner: QueryRunner) => {
  if (!(await runner.hasTable(HALF_COPY))) return;
  throw new Error(
    'a copy into this database is under way, or was cut off: wait for it, or begin it anew with ' +
      '`kruispunt migrate --copy-from sqlite:<path>`',
  );
};

export const migrateUnderLock = async (dataSource: DataSource, database: string, keys: SubjectKeys) => {
  const name = migrationLock(database);
  const runner = dataSource.createQueryRunner();
  try {
    await refuseHalfCopy(runner); // a copy holds the lock for longer than anybody wants to wait for an answer
    const [lock] = await runner.query('SELECT GET_LOCK(?, ?) AS held', [name, MIGRATION_SECONDS]);
    if (Number(lock?.held) !== 1) throw new Error('another process has been migrating for over a minute');
    try {
      await refuseHalfCopy(runner); // it may have been cut off while we waited
      await migrate(dataSource, runner, keys);
    } finally {
      await runner.query('DO RELEASE_LOCK(?)', [name]);
    }
  } finally {
    await runner.release();
  }
};

export const refuseLenientServer = async (dataSource: DataSource) => {
  const [row] = await dataSource.query('SELECT @@sql_mode AS mode');
  if (/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode))) return;
  throw new Error('the server cuts values that do not fit: set sql_mode to include STRICT_TRANS_TABLES');
};
