import { resolve } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import type { Engine } from './engine.ts';
import { migrate, migrations } from './migrate.ts';
import { oneAtATime, type Queue } from './one-at-a-time.ts';
import { rememberTogether } from './seen-messages.ts';
import { whenFree } from './sqlite-busy.ts';
import { openDatabase, SqliteDriver } from './sqlite-driver.ts';
import { hotPath } from './sqlite-hot-path.ts';
import { tables } from './tables/all.ts';

/** Another process may migrate; afterwards nobody holds the write lock for longer than one commit. */
const MIGRATION_PATIENCE = 60_000;
const WRITE_PATIENCE = 5_000;

/** TypeORM has one connection for all: whatever runs on it takes its turn, or it would join another's transaction. */
const transactions = (dataSource: DataSource, queue: Queue) => {
  const transaction = <T>(begin: string, patience: number, work: (manager: EntityManager) => Promise<T>) =>
    queue(async () => {
      await whenFree(() => dataSource.query(begin), patience);
      try {
        const result = await work(dataSource.manager);
        await dataSource.query('COMMIT');
        return result;
      } catch (cause) {
        await dataSource.query('ROLLBACK').catch(() => null); // a full disk has rolled back by itself
        throw cause;
      }
    });
  return transaction;
};

/** Opens (and makes, and migrates) the database in this file. */
export const openSqlite = async (file: string, keys: SubjectKeys): Promise<Engine> => {
  const path = resolve(file);
  const dataSource = new DataSource({
    ...{
      type: 'better-sqlite3',
      database: path,
      driver: SqliteDriver,
      entities: tables,
      migrations,
      logging: false,
    },
  });
  await whenFree(() => dataSource.initialize(), MIGRATION_PATIENCE);
  const queue = oneAtATime();
  const transaction = transactions(dataSource, queue);
  try {
    await transaction('BEGIN IMMEDIATE', MIGRATION_PATIENCE, (manager) =>
      migrate(dataSource, manager.dataSource.createQueryRunner(), keys),
    );
    const database = await whenFree(() => openDatabase(path), WRITE_PATIENCE);
    const hot = hotPath(database);
    const seen = rememberTogether((messages) => whenFree(() => hot.noteAll(messages), WRITE_PATIENCE));
    return {
      ...hot,
      read: (work) => transaction('BEGIN', WRITE_PATIENCE, work),
      write: (work) => transaction('BEGIN IMMEDIATE', WRITE_PATIENCE, work),
      writeLive: (work) => transaction('BEGIN IMMEDIATE', WRITE_PATIENCE, work),
      insertExchanges: (batch) => queue(() => whenFree(() => hot.insertAll(batch), WRITE_PATIENCE)),
      remember: seen.remember,
      close: () =>
        queue(async () => {
          await seen.close();
          database.close();
          await dataSource.destroy();
        }),
    };
  } catch (cause) {
    await dataSource.destroy();
    throw cause;
  }
};
