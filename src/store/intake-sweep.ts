import type { EntityManager } from 'typeorm';

type Id = { readonly id: number };

export type IntakeCount = { readonly state: string; readonly count: number };

/** A held file is to be looked at again when the one before it is taken; the first has none before it. */
const TURN =
  "i.state = 'held' AND (i.sequence = 1 OR EXISTS (SELECT 1 FROM intake b WHERE b.party_id = i.party_id" +
  ' AND b.service = i.service AND b.version = i.version AND b.taken_as >= i.sequence - 1' +
  " AND b.state = 'taken'))";

const UNTOLD =
  "(i.state = 'taken' AND COALESCE(i.receipt, '') <> 'ACCEPTED')" +
  " OR (i.state = 'rejected' AND COALESCE(i.receipt, '') <> 'REJECTED')" +
  " OR (i.state = 'held' AND i.receipt IS NULL)";

/** Files with something left to do, oldest first. */
export async function idsToDo(manager: EntityManager, limit: number): Promise<readonly Id[]> {
  const rows: readonly { readonly id: number | string }[] = await manager.query(
    "SELECT i.id AS id FROM intake i WHERE i.state IN ('received', 'validated', 'taking')" +
      ` OR (${TURN}) OR ${UNTOLD} ORDER BY i.id LIMIT ${Math.trunc(limit)}`,
  );
  return rows.map(({ id }) => ({ id: Number(id) }));
}

export async function intakesByState(manager: EntityManager): Promise<readonly IntakeCount[]> {
  const rows: readonly { readonly state: string; readonly count: number | string }[] = await manager.query(
    'SELECT state, COUNT(*) AS count FROM intake GROUP BY state',
  );
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
}
