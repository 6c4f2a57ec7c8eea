import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DataSource, type EntityManager } from 'typeorm';
import type { ChainedBatch } from './chain-writer.ts';
import type { Engine } from './engine.ts';
import { chainedColumns, subjectColumns } from './exchange-row.ts';
import { migrate, migrations } from './migrate.ts';
import { oneAtATime, type Queue } from './one-at-a-time.ts';
import {
  daysOfRow,
  inPopulation,
  registeredDaysIn,
  registeredDaysInAny,
  registeredIn,
  registeredInAny,
} from './registered-sql.ts';
import { whenFree } from './sqlite-busy.ts';
import { openDatabase, SqliteDriver } from './sqlite-driver.ts';
import { insertInto } from './sqlite-insert.ts';
import { seenInFile } from './sqlite-seen.ts';
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

/** What every exchange does, on a connection of its own and without TypeORM: prepared once, a few µs a call. */
const hotPath = (database: DatabaseSync) => {
  const registeredInOne = database.prepare(registeredIn);
  const registeredAnywhere = database.prepare(registeredInAny);
  const daysInOne = database.prepare(registeredDaysIn);
  const daysAnywhere = database.prepare(registeredDaysInAny);
  const inOne = database.prepare(inPopulation);
  const insertExchange = database.prepare(insertInto('exchange', chainedColumns));
  const insertSubject = database.prepare(insertInto('exchange_subject', subjectColumns));
  const stamp = database.prepare('SELECT counter FROM change_stamp WHERE id = 1');
  const one = database.prepare('SELECT 1');

  const isRegistered: Engine['isRegistered'] = async (partyId, hoedanigheid, { kind, number }, on) =>
    (hoedanigheid === null
      ? registeredAnywhere.get(kind, number, partyId, on, on)
      : registeredInOne.get(kind, number, partyId, on, on, hoedanigheid)) !== undefined;

  const registeredDays: Engine['registeredDays'] = async (partyId, hoedanigheid, { kind, number }) =>
    (hoedanigheid === null
      ? daysAnywhere.all(kind, number, partyId)
      : daysInOne.all(kind, number, partyId, hoedanigheid)
    ).map(daysOfRow);

  const isInPopulation: Engine['isInPopulation'] = async (population, { kind, number }, on) =>
    inOne.get(population, kind, number, on, on) !== undefined;

  const insertAll = ({ rows, subjects }: ChainedBatch) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const row of rows) insertExchange.run(...row);
      for (const subject of subjects) insertSubject.run(...subject);
      database.exec('COMMIT');
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw cause;
    }
  };

  return {
    isRegistered,
    registeredDays,
    isInPopulation,
    insertAll,
    stamp: async () => Number(stamp.get()?.counter),
    ping: async () => void one.get(),
  };
};

/** Opens (and makes, and migrates) the database in this file. */
export const openSqlite = async (file: string): Promise<Engine> => {
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
      migrate(dataSource, manager.dataSource.createQueryRunner()),
    );
    const database = await whenFree(() => openDatabase(path), WRITE_PATIENCE);
    const hot = hotPath(database);
    const seen = await whenFree(() => seenInFile(path), WRITE_PATIENCE);
    return {
      ...hot,
      read: (work) => transaction('BEGIN', WRITE_PATIENCE, work),
      write: (work) => transaction('BEGIN IMMEDIATE', WRITE_PATIENCE, work),
      writeLive: (work) => transaction('BEGIN IMMEDIATE', WRITE_PATIENCE, work),
      insertExchanges: (batch) => queue(() => whenFree(() => hot.insertAll(batch), WRITE_PATIENCE)),
      remember: (message) => whenFree(() => seen.remember(message), WRITE_PATIENCE),
      close: () =>
        queue(async () => {
          seen.close();
          database.close();
          await dataSource.destroy();
        }),
    };
  } catch (cause) {
    await dataSource.destroy();
    throw cause;
  }
};
