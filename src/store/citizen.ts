import { type EntityManager, In } from 'typeorm';
import type { ExchangeRecord } from '../exchange/audit.ts';
import type { Subject } from '../exchange/party.ts';
import type { Hand } from './changes.ts';
import { exchangeOf } from './exchange-row.ts';
import { type LookUpRow, lookUpTable } from './tables/change-look-up.ts';
import { exchangeTable } from './tables/exchange.ts';
import { exchangeSubjectTable } from './tables/exchange-subject.ts';

export type LookUp = LookUpRow;

/** Runs down the index exchange_subject_number; the exchanges are then read by their keys. */
export const exchangesAboutSql =
  'SELECT DISTINCT exchange_id AS id FROM exchange_subject WHERE subject_kind = ? AND subject_number = ?';

/** Keys in one statement: far below what either engine takes, and few round trips for a person often asked about. */
const AT_ONCE = 500;

/** Writes down who looks; only what is written down may then be looked at. */
export const noteLookUp = async (manager: EntityManager, { kind, number }: Subject, { who, at }: Hand) =>
  void (await manager.insert(lookUpTable, { at, who: who.slice(0, 255), kind, number }));

/** Every exchange about a subject, latest first. */
export const exchangesAbout = async (
  manager: EntityManager,
  subject: Subject,
): Promise<readonly ExchangeRecord[]> => {
  const found: { readonly id: string }[] = await manager.query(exchangesAboutSql, [
    subject.kind,
    subject.number,
  ]);
  const exchanges: ExchangeRecord[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const ids = In(found.slice(from, from + AT_ONCE).map(({ id }) => id));
    const rows = await manager.find(exchangeTable, { where: { id: ids } });
    const subjects = await manager.find(exchangeSubjectTable, {
      where: { exchangeId: ids },
      order: { seq: 'ASC' },
    });
    const of = Map.groupBy(subjects, ({ exchangeId }) => exchangeId);
    for (const row of rows) {
      exchanges.push(
        exchangeOf(
          row,
          (of.get(row.id) ?? []).map(({ kind, number }) => ({ kind, number })),
        ),
      );
    }
  }
  return exchanges.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime());
};

export const lookUpsOf = (manager: EntityManager, { kind, number }: Subject): Promise<readonly LookUp[]> =>
  manager.find(lookUpTable, { where: { kind, number }, order: { id: 'DESC' } });
