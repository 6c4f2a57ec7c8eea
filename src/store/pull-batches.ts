import { type EntityManager, In } from 'typeorm';
import type { Pull, PullBatch, Pulled, PullQuestion } from '../exchange/pull.ts';
import type { Subscription } from '../exchange/subscription.ts';
import type { Engine } from './engine.ts';
import { recordsAfter } from './records.ts';
import { deliveryTable } from './tables/delivery.ts';
import { type PullBatchRow, pullBatchTable } from './tables/pull-batch.ts';
import { subscriptionTable } from './tables/subscription.ts';

/** Records of one batch, and characters of their contents, unless one record alone is longer. */
const MOST_RECORDS = 100;
const MOST_CHARACTERS = 1_000_000;

export type Pulls = {
  /**
   * What a subscriber asks for: the batch that it has not received yet, the same as before; or else the next, made out
   * of what waits. Any number may ask together, of any node: all get the same. Resolves when it is durable.
   */
  readonly pull: Pull;
};

export const keepPulls = ({ writeLive }: Pick<Engine, 'writeLive'>): Pulls => ({
  pull: (question) => writeLive((manager) => pull(manager, question)),
});

async function pull(manager: EntityManager, question: PullQuestion): Promise<Pulled> {
  const { subscriptions, receipt, now } = question;
  const ids = subscriptions.map(({ id }) => id);
  if (ids.length === 0) return 'nothing';
  // First of all, so that whoever asks at the same time waits here, and then finds what we have made.
  await lock(manager, ids);
  const [last, before] = await manager.find(pullBatchTable, {
    where: { subscriptionId: In(ids) },
    order: { id: 'DESC' },
    take: 2,
  });
  const open = last?.acknowledgedAt === null ? last : null;
  const received = open === null ? last : before;
  if (open && receipt !== open.receipt)
    return receipt === null || receipt === received?.receipt ? pulled(manager, open) : 'wrong receipt';
  if (receipt !== null && receipt !== last?.receipt) return 'wrong receipt';
  if (open) await manager.update(pullBatchTable, { id: open.id }, { acknowledgedAt: now });
  for (const subscription of subscriptions) {
    const made = subscription.channel === 'pull' ? await nextBatch(manager, subscription, question) : null;
    if (made !== null) return pulled(manager, made);
  }
  return 'nothing';
}

async function lock(manager: EntityManager, ids: readonly number[]): Promise<void> {
  if (manager.dataSource.options.type !== 'mysql') return; // one writer at a time as it is
  await manager.find(subscriptionTable, {
    where: { id: In([...ids]) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
}

const WAITING =
  'SELECT d.id, LENGTH(m.content) AS size FROM delivery d JOIN mutation m ON m.id = d.mutation_id' +
  ` WHERE d.subscription_id = ? AND d.file_id IS NULL ORDER BY d.id LIMIT ${MOST_RECORDS}`;

async function nextBatch(
  manager: EntityManager,
  subscription: Subscription,
  { freeze, now }: PullQuestion,
): Promise<PullBatchRow | null> {
  const waiting: readonly Waiting[] = await manager.query(WAITING, [subscription.id]);
  const deliveries = fitting(waiting);
  if (deliveries.length === 0) return null;
  const { visible, ...frozen } = freeze(subscription);
  const row = {
    ...{ ...frozen, subscriptionId: subscription.id, visible: JSON.stringify(visible) },
    ...{ records: deliveries.length, givenAt: now, acknowledgedAt: null },
  };
  const inserted = await manager.insert(pullBatchTable, row);
  const id = Number(inserted.identifiers[0]?.id);
  await manager.update(deliveryTable, { id: In([...deliveries]) }, { fileId: placeOf(id) });
  return { ...row, id };
}

type Waiting = { readonly id: number | string; readonly size: number | string };

/** As many as fit in an answer, and one at least. */
function fitting(waiting: readonly Waiting[]): readonly number[] {
  let characters = 0;
  const end = waiting.findIndex(({ size }, index) => {
    characters += Number(size);
    return index > 0 && characters > MOST_CHARACTERS;
  });
  return waiting.slice(0, end === -1 ? waiting.length : end).map(({ id }) => Number(id));
}

/** In a delivery, where the number of a file stands. */
const placeOf = (batchId: number) => -batchId;

async function pulled(manager: EntityManager, { visible, ...row }: PullBatchRow): Promise<Pulled> {
  const { id, subscriptionId } = row;
  const batch: PullBatch = { ...row, visible: JSON.parse(visible) };
  return { batch, records: await recordsAfter(manager, { id: placeOf(id), subscriptionId }, 0) };
}
