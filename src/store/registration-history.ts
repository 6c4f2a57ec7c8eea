import type { EntityManager } from 'typeorm';
import type { Registration, Subject } from '../exchange/party.ts';
import { type RegistrationHistoryRow, registrationHistoryTable } from './tables/registration-history.ts';

/** The exchange that asked for a change, by its id, or the operator who made it. */
export type ChangedBy = { readonly exchange: string } | { readonly operator: string };

type Days = Pick<Registration, 'begin' | 'end'>;

/** One change of one party's lines on one subject: taking `before` away and putting `after` there undoes nothing else. */
export type RegistrationChange = Omit<Registration, 'begin' | 'end'> & {
  readonly at: Date;
  /** register or unregister */
  readonly what: string;
  readonly by: ChangedBy;
  readonly before: readonly Days[];
  readonly after: readonly Days[];
};

/** What is null does not narrow. */
export type RegistrationHistoryFilter = {
  readonly partyId: number | null;
  readonly subject: Subject | null;
  readonly limit: number;
};

const days = (lines: readonly Days[]) => JSON.stringify(lines.map(({ begin, end }) => ({ begin, end })));

export const insertChange = async (manager: EntityManager, change: RegistrationChange): Promise<void> => {
  const { at, what, by, partyId, hoedanigheid, subject, before, after } = change;
  await manager.insert(registrationHistoryTable, {
    ...{
      changedAt: at,
      what,
      partyId,
      hoedanigheid,
      subjectKind: subject.kind,
      subjectNumber: subject.number,
    },
    ...('exchange' in by
      ? { byKind: 'exchange', byName: by.exchange }
      : { byKind: 'operator', byName: by.operator }),
    ...{ before: days(before), after: days(after) },
  });
};

const changeOf = (row: RegistrationHistoryRow): RegistrationChange => ({
  at: row.changedAt,
  what: row.what,
  by: row.byKind === 'exchange' ? { exchange: row.byName } : { operator: row.byName },
  partyId: row.partyId,
  hoedanigheid: row.hoedanigheid,
  subject: { kind: row.subjectKind, number: row.subjectNumber },
  before: JSON.parse(row.before),
  after: JSON.parse(row.after),
});

/** In the order in which the changes were made; those of one key are in the order of their commits. */
export const selectChanges = async (
  manager: EntityManager,
  { partyId, subject, limit }: RegistrationHistoryFilter,
): Promise<readonly RegistrationChange[]> => {
  const where = {
    ...(partyId === null ? {} : { partyId }),
    ...(subject === null ? {} : { subjectKind: subject.kind, subjectNumber: subject.number }),
  };
  const rows = await manager.find(registrationHistoryTable, { where, order: { id: 'ASC' }, take: limit });
  return rows.map(changeOf);
};
