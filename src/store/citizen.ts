import { type EntityManager, In } from 'typeorm';
import { type KeptExchange, latestFirst } from '../exchange/audit.ts';
import type { Subject } from '../exchange/party.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import type { Hand } from './changes.ts';
import { exchangeOf } from './exchange-row.ts';
import { lookUpPlace } from './sealed.ts';
import { type LookUpRow, lookUpTable } from './tables/change-look-up.ts';
import { exchangeTable } from './tables/exchange.ts';
import { exchangeSubjectTable } from './tables/exchange-subject.ts';

export type LookUp = Pick<LookUpRow, 'at' | 'who'>;

/** Runs down the index exchange_subject_hash; the exchanges are then read by their keys. */
export const exchangesAboutSql = (hashes: number) =>
  `SELECT DISTINCT exchange_id AS id FROM exchange_subject WHERE subject_hash IN (${Array(hashes).fill('?').join(', ')})`;

/** Keys in one statement: far below what either engine takes, and few round trips for a person often asked about. */
const AT_ONCE = 500;

/** Writes down who looks; only what is written down may then be looked at. */
export const noteLookUp = async (
  manager: EntityManager,
  subject: Subject,
  { who, at }: Hand,
  { hash, seal }: SubjectKeys,
) => {
  const { kind, number } = subject;
  const kept = { kind, hash: hash(subject), sealed: seal(number, lookUpPlace(kind)) };
  await manager.insert(lookUpTable, { at, who: who.slice(0, 255), ...kept });
};

/** Every exchange about a subject, latest first. */
export const exchangesAbout = async (
  manager: EntityManager,
  subject: Subject,
  keys: SubjectKeys,
): Promise<readonly KeptExchange[]> => {
  const hashes = keys.hashes(subject);
  const found: { readonly id: string }[] = await manager.query(exchangesAboutSql(hashes.length), [...hashes]);
  const exchanges: KeptExchange[] = [];
  for (let from = 0; from < found.length; from += AT_ONCE) {
    const ids = In(found.slice(from, from + AT_ONCE).map(({ id }) => id));
    const rows = await manager.find(exchangeTable, { where: { id: ids } });
    const subjects = await manager.find(exchangeSubjectTable, {
      where: { exchangeId: ids },
      order: { seq: 'ASC' },
    });
    const of = Map.groupBy(subjects, ({ exchangeId }) => exchangeId);
    for (const row of rows) exchanges.push(exchangeOf(row, of.get(row.id) ?? [], keys));
  }
  return exchanges.sort(latestFirst);
};

export const lookUpsOf = async (
  manager: EntityManager,
  subject: Subject,
  { hashes }: SubjectKeys,
): Promise<readonly LookUp[]> => {
  const where = { hash: In([...hashes(subject)]) };
  const rows = await manager.find(lookUpTable, { where, order: { id: 'DESC' } });
  return rows.map(({ at, who }) => ({ at, who }));
};
