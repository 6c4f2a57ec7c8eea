import { createHash } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Registration, Subject } from '../exchange/party.ts';
import type { Engine } from './engine.ts';
import {
  type ChangedBy,
  insertChange,
  type RegistrationChange,
  type RegistrationHistoryFilter,
  selectChanges,
} from './registration-history.ts';
import { type RegistrationRow, registrationTable } from './tables/registration.ts';
import { REGISTRATION_LOCKS, registrationLockTable } from './tables/registration-lock.ts';

/** Whose lines, on whom. */
export type RegistrationKey = Pick<Registration, 'partyId' | 'hoedanigheid' | 'subject'>;

/** `remove` holds lines of those that were given, `add` what takes their place. Both empty: nothing is written. */
export type RegistrationRewrite<T> = {
  readonly what: string;
  readonly remove: readonly Registration[];
  readonly add: readonly Registration[];
  readonly result: T;
};

/** What is null does not narrow; `period` keeps lines that have a day of it, and may be open at either side. */
export type RegistrationQuery = {
  readonly partyId: number;
  readonly hoedanigheid: string | null;
  readonly subject: Subject | null;
  readonly period: { readonly begin: string | null; readonly end: string | null } | null;
  readonly limit: number;
};

export type Registrations = {
  /**
   * Gives `rewrite` a key's lines, earliest first, and keeps what it makes of them, with a line of history, in one
   * transaction during which nobody else on any node rewrites this key. Resolves when that is durable. `rewrite` is
   * called again when the server undid the transaction; it may throw, and then nothing has changed.
   */
  readonly rewriteRegistrations: <T>(
    key: RegistrationKey,
    rewrite: (lines: readonly Registration[]) => RegistrationRewrite<T>,
    by: ChangedBy,
  ) => Promise<T>;
  /** On one subject earliest first; otherwise in the order in which they were written. */
  readonly registrationsOf: (query: RegistrationQuery) => Promise<readonly Registration[]>;
  /** Oldest first. */
  readonly registrationHistory: (filter: RegistrationHistoryFilter) => Promise<readonly RegistrationChange[]>;
};

/** Every version and node must come to the same slot. */
const slotOf = ({ partyId, hoedanigheid, subject }: RegistrationKey) => {
  const name = JSON.stringify([partyId, hoedanigheid, subject.kind, subject.number]);
  return createHash('sha256').update(name).digest().readUInt16BE(0) % REGISTRATION_LOCKS;
};

/**
 * To come first in a transaction: on a server it is the first look at the tables that fixes what all later ones see,
 * and it must not be taken before the turn has come.
 */
const takeTurn = async (manager: EntityManager, key: RegistrationKey) => {
  const { affected } = await manager.increment(registrationLockTable, { slot: slotOf(key) }, 'turns', 1);
  if (affected === 0) throw new Error('the table registration_lock lacks rows that the migration made');
};

const about = ({ partyId, hoedanigheid, subject }: RegistrationKey) => ({
  ...{ partyId, hoedanigheid, subjectKind: subject.kind, subjectNumber: subject.number },
});

const lineOf = (row: RegistrationRow): Registration => ({
  partyId: row.partyId,
  hoedanigheid: row.hoedanigheid,
  subject: { kind: row.subjectKind, number: row.subjectNumber },
  begin: row.beginDay,
  end: row.endDay,
});

const selectLines = async (manager: EntityManager, query: RegistrationQuery) => {
  const { partyId, hoedanigheid, subject, period, limit } = query;
  const select = manager
    .createQueryBuilder(registrationTable, 'r')
    .where('r.partyId = :partyId', { partyId });
  if (subject) select.andWhere('r.subjectKind = :kind AND r.subjectNumber = :number', subject);
  if (hoedanigheid !== null) select.andWhere('r.hoedanigheid = :hoedanigheid', { hoedanigheid });
  if (period && period.end !== null) select.andWhere('r.beginDay <= :end', { end: period.end });
  if (period && period.begin !== null)
    select.andWhere('(r.endDay IS NULL OR r.endDay >= :begin)', { begin: period.begin });
  // Sorting all that a party has registered would take as long as there are lines; one subject has a few.
  select.orderBy(subject ? 'r.beginDay' : 'r.id').limit(limit);
  return (await select.getMany()).map(lineOf);
};

/** The registration repertory's tables. What a registration does to the lines there are is not decided here. */
export const keepRegistrations = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  clock: Clock,
): Registrations => ({
  rewriteRegistrations: (key, rewrite, by) =>
    write(async (manager) => {
      await takeTurn(manager, key);
      const rows = await manager.find(registrationTable, { where: about(key), order: { beginDay: 'ASC' } });
      const ids = new Map(rows.map((row) => [lineOf(row), row.id]));
      const { what, remove, add, result } = rewrite([...ids.keys()]);
      if (remove.length + add.length === 0) return result;
      const gone = remove.map((line) => ids.get(line));
      if (gone.includes(undefined)) throw new Error('a rewrite removes a line that it was not given');
      await manager.delete(registrationTable, { id: In(gone) });
      await manager.insert(
        registrationTable,
        add.map(({ begin, end }) => ({ ...about(key), beginDay: begin, endDay: end })),
      );
      await insertChange(manager, { ...key, at: clock.now(), what, by, before: remove, after: add });
      return result;
    }),
  registrationsOf: (query) => read((manager) => selectLines(manager, query)),
  registrationHistory: (filter) => read((manager) => selectChanges(manager, filter)),
});
