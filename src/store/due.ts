import { type EntityManager, IsNull, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import { latestRun, nextRun } from './schedule.ts';
import { type SubscriptionRow, subscriptionTable } from './tables/subscription.ts';

/** A batch that is to be closed: `dueAt` is its scheduled moment. */
export type Due = { readonly id: number; readonly dueAt: Date };

/** How far clocks of two nodes may be apart before we think that one of them was wrong. */
const TOLERANCE = 60_000;

/**
 * The batches whose moment has come. After a standstill, or when the clock was put forward, the moments that have
 * passed are one batch, of the last of them: the earlier ones would have nothing left to tell.
 */
export const dueNow = async (manager: EntityManager, now: Date): Promise<readonly Due[]> => {
  const rows = await manager.find(subscriptionTable, {
    where: { nextRunAt: LessThanOrEqual(now) },
    order: { nextRunAt: 'ASC', id: 'ASC' },
  });
  return rows.map((row) => ({ id: row.id, dueAt: dueAt(row, now) }));
};

export const dueAt = (row: SubscriptionRow, now: Date): Date => {
  const latest = latestRun(row, now);
  const next = row.nextRunAt ?? now;
  return latest !== null && latest > next ? latest : next;
};

/** Those whose last batch is of a time that has yet to come: the clock was ahead, and was put back. */
export const aheadOf = (manager: EntityManager, now: Date): Promise<SubscriptionRow[]> =>
  manager.findBy(subscriptionTable, {
    closedFor: MoreThan(new Date(now.getTime() + TOLERANCE)),
    nextRunAt: Not(IsNull()),
  });

/** Without this they would have to wait until that time has come. A moment that has its file keeps the one it has. */
export const startAgain = async (manager: EntityManager, row: SubscriptionRow, now: Date): Promise<void> => {
  const { id, closedFor } = row;
  if (closedFor === null) return;
  await manager.update(
    subscriptionTable,
    { id, closedFor },
    { closedFor: null, nextRunAt: nextRun(row, now) },
  );
};
