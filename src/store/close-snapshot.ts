import type { EntityManager } from 'typeorm';
import type { FrozenSnapshot, Subscription } from '../exchange/subscription.ts';
import { newBatchRow } from './question-rows.ts';
import { questionBatchTable } from './tables/question-batch.ts';

/** Positions follow the numbers, so that a snapshot is in the order of the one before. */
const ADD =
  'INSERT INTO question (owner, owner_id, position, subject_kind, subject_number, state, tries)' +
  " SELECT 'file', ?, ROW_NUMBER() OVER (ORDER BY number), ?, number, 'open', 0 FROM (";

const REGISTERED =
  'SELECT DISTINCT r.subject_number AS number FROM registration r' +
  ' WHERE r.party_id = ? AND r.subject_kind = ? AND r.begin_day <= ? AND (r.end_day IS NULL OR r.end_day >= ?)';

const IN_POPULATION =
  ' AND EXISTS (SELECT 1 FROM population_member m WHERE m.population = ? AND m.subject_kind = r.subject_kind' +
  ' AND m.subject_number = r.subject_number AND m.begin_day <= ? AND (m.end_day IS NULL OR m.end_day >= ?))';

type Query = { readonly sql: string; readonly values: readonly (string | number)[] };

/** The numbers of all whom a subscriber has registered, in its capacity, on the day of a snapshot. */
function registered(
  { partyId, hoedanigheid }: Pick<Subscription, 'partyId' | 'hoedanigheid'>,
  { kind, day, population }: FrozenSnapshot,
): Query {
  return {
    sql:
      REGISTERED +
      (hoedanigheid === null ? '' : ' AND r.hoedanigheid = ?') +
      (population === null ? '' : IN_POPULATION),
    values: [
      ...[partyId, kind, day, day],
      ...(hoedanigheid === null ? [] : [hoedanigheid]),
      ...(population === null ? [] : [population, day, day]),
    ],
  };
}

/** Whether a snapshot would be about anybody. */
export async function hasRegistered(
  manager: EntityManager,
  subscription: Subscription,
  snapshot: FrozenSnapshot,
): Promise<boolean> {
  const { sql, values } = registered(subscription, snapshot);
  const rows: readonly unknown[] = await manager.query(`${sql} LIMIT 1`, [...values]);
  return rows.length > 0;
}

/**
 * Fixes whom a snapshot is about, each as a question: who registers or is taken out from now on is in the next one.
 * To be called in the transaction that makes its file.
 */
export async function askAboutRegistered(
  manager: EntityManager,
  file: { readonly id: number; readonly voucherId: string; readonly legalBasis: string },
  subscription: Subscription,
  snapshot: FrozenSnapshot,
  now: Date,
): Promise<void> {
  const { partyId, uri, hoedanigheid } = subscription;
  const { sql, values } = registered(subscription, snapshot);
  await manager.query(`${ADD}${sql}) AS registered`, [file.id, snapshot.kind, ...values]);
  const counted: readonly { readonly count: number | string }[] = await manager.query(
    "SELECT COUNT(*) AS count FROM question WHERE owner = 'file' AND owner_id = ?",
    [file.id],
  );
  const batch = newBatchRow(
    {
      ...{ owner: 'file', ownerId: file.id, partyId, voucherId: file.voucherId, legalBasis: file.legalBasis },
      sender: { uri, hoedanigheid, endUser: null, reference: file.voucherId },
      ...{ service: snapshot.service, version: snapshot.version, template: snapshot.question },
      ...{ certificate: null, fileName: null, schema: null },
    },
    now,
  );
  const questions = Number(counted[0]?.count ?? 0);
  await manager.insert(questionBatchTable, { ...batch, state: 'asking', questions });
}
