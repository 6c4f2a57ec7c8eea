import type { DatabaseSync } from 'node:sqlite';
import type { ChainedBatch } from './chain-writer.ts';
import type { Engine } from './engine.ts';
import { chainedColumns, subjectColumns } from './exchange-row.ts';
import {
  daysOfRow,
  inPopulation,
  registeredDaysIn,
  registeredDaysInAny,
  registeredIn,
  registeredInAny,
} from './registered-sql.ts';
import { insertInto } from './sqlite-insert.ts';
import { sqliteSeen } from './sqlite-seen.ts';

/**
 * What every exchange does, without TypeORM: prepared once, a few µs a call. All of it on one connection, since each
 * connection forgets what it has read as soon as another one writes.
 */
export const hotPath = (database: DatabaseSync) => {
  const allOrNothing = transactionsOf(database);
  const registeredInOne = database.prepare(registeredIn);
  const registeredAnywhere = database.prepare(registeredInAny);
  const daysInOne = database.prepare(registeredDaysIn);
  const daysAnywhere = database.prepare(registeredDaysInAny);
  const inOne = database.prepare(inPopulation);
  const insertExchange = database.prepare(insertInto('exchange', chainedColumns));
  const insertSubject = database.prepare(insertInto('exchange_subject', subjectColumns));
  const stamp = database.prepare('SELECT counter FROM change_stamp WHERE id = 1');
  const one = database.prepare('SELECT 1');

  const look = lookingTogether(database);

  const isRegistered: Engine['isRegistered'] = (partyId, hoedanigheid, { kind, number }, on) =>
    look(
      () =>
        (hoedanigheid === null
          ? registeredAnywhere.get(kind, number, partyId, on, on)
          : registeredInOne.get(kind, number, partyId, on, on, hoedanigheid)) !== undefined,
    );

  const registeredDays: Engine['registeredDays'] = (partyId, hoedanigheid, { kind, number }) =>
    look(() =>
      (hoedanigheid === null
        ? daysAnywhere.all(kind, number, partyId)
        : daysInOne.all(kind, number, partyId, hoedanigheid)
      ).map(daysOfRow),
    );

  const isInPopulation: Engine['isInPopulation'] = (population, { kind, number }, on) =>
    look(() => inOne.get(population, kind, number, on, on) !== undefined);

  const insertAll = ({ rows, subjects }: ChainedBatch) =>
    allOrNothing(() => {
      for (const row of rows) insertExchange.run(...row);
      for (const subject of subjects) insertSubject.run(...subject);
    });

  // The disk is waited for when an exchange is written down, and then for all that was noted before it.
  database.exec('PRAGMA synchronous = NORMAL');
  const insertDurably = (batch: ChainedBatch) => {
    database.exec('PRAGMA synchronous = FULL');
    try {
      insertAll(batch);
    } finally {
      database.exec('PRAGMA synchronous = NORMAL');
    }
  };

  return {
    isRegistered,
    registeredDays,
    isInPopulation,
    insertAll: insertDurably,
    noteAll: sqliteSeen(database, allOrNothing),
    stamp: async () => Number(stamp.get()?.counter),
    ping: async () => void one.get(),
  };
};

type Look = { readonly go: () => void; readonly reject: (cause: unknown) => void };

/**
 * Those that are about to look, because one commit let them all go on, look at one state of the database: to open one
 * costs more than to look.
 */
const lookingTogether = (database: DatabaseSync) => {
  const [open, close] = [database.prepare('BEGIN'), database.prepare('COMMIT')];
  let waiting: Look[] = [];
  const lookAll = () => {
    const looks = waiting;
    waiting = [];
    try {
      open.run();
      for (const { go } of looks) go();
      close.run();
    } catch (cause) {
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      for (const { reject } of looks) reject(cause);
    }
  };
  return <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const go = () => {
        try {
          resolve(work());
        } catch (cause) {
          reject(cause);
        }
      };
      if (waiting.push({ go, reject }) === 1) queueMicrotask(lookAll);
    });
};

/** Throws SQLITE_BUSY while another connection writes. */
const transactionsOf = (database: DatabaseSync) => {
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  return (work: () => void): void => {
    begin.run();
    try {
      work();
      commit.run();
    } catch (cause) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw cause;
    }
  };
};
