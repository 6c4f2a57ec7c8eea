import { type EntityManager, IsNull } from 'typeorm';
import type { Freeze, Frozen, Subscription } from '../exchange/subscription.ts';
import { askAboutRegistered, hasRegistered } from './close-snapshot.ts';
import { nextRun } from './schedule.ts';
import { subscriptionOf } from './subscription-rows.ts';
import { deliveryTable } from './tables/delivery.ts';
import { publicationFileTable, publicationSequenceTable } from './tables/publication-file.ts';
import { subscriptionTable } from './tables/subscription.ts';

const DAY = 86_400_000;

/** How long after a subscription's end something may still arrive for it, from a node that has not heard of the end. */
const LATE = 60_000;

/**
 * Makes the file of one scheduled moment out of all that waits, and sets the next moment. To be called in a
 * transaction that sees what is committed by then. Returns the file's id, the same whenever it is called again for
 * this moment; null when there is no file: nothing to tell, no right to it, or the moment has passed.
 */
export const closeBatch = async (
  manager: EntityManager,
  subscriptionId: number,
  cutOff: Date,
  freeze: Freeze,
  now: Date,
): Promise<number | null> => {
  const lock =
    manager.dataSource.options.type === 'mysql' ? { lock: { mode: 'pessimistic_write' as const } } : {};
  // First of all, so that whoever closes the same batch waits here.
  const row = await manager.findOne(subscriptionTable, { where: { id: subscriptionId }, ...lock });
  if (row === null) return null;
  const there = await manager.findOneBy(publicationFileTable, { subscriptionId, cutOff });
  const isPast = row.closedFor !== null && cutOff <= row.closedFor;
  const subscription = subscriptionOf(row);
  const isAskedFor = row.channel === 'pull';
  if (!isPast && !isAskedFor) {
    const nextRunAt = hasEnded(subscription, cutOff) ? null : nextRun(row, cutOff);
    await manager.update(subscriptionTable, { id: subscriptionId }, { closedFor: cutOff, nextRunAt });
  }
  if (there !== null) return there.id;
  if (isPast || isAskedFor) return null;
  if (subscription.kind === 'snapshot' && (await isAsking(manager, subscriptionId))) return null;
  const frozen = freeze(subscription, cutOff);
  if (frozen === null || !(await isDue(manager, subscription, frozen))) return null;
  return makeFile(manager, subscription, cutOff, frozen, now);
};

/** Sources that cannot keep up are not asked the same twice: a snapshot of every moment would never be ready. */
const isAsking = (manager: EntityManager, subscriptionId: number) =>
  manager.existsBy(publicationFileTable, { subscriptionId, state: 'asking' });

const isDue = async (manager: EntityManager, subscription: Subscription, { snapshot }: Frozen) =>
  subscription.emptyFiles ||
  (snapshot === null
    ? manager.existsBy(deliveryTable, waiting(subscription.id))
    : hasRegistered(manager, subscription, snapshot));

const waiting = (subscriptionId: number) => ({ subscriptionId, fileId: IsNull() });

const hasEnded = ({ validUntil, stoppedAt }: Subscription, cutOff: Date) =>
  [validUntil, stoppedAt].some((end) => end !== null && end.getTime() + LATE <= cutOff.getTime());

const makeFile = async (
  manager: EntityManager,
  subscription: Subscription,
  cutOff: Date,
  { nameAt, visible, snapshot, ...frozen }: Frozen,
  now: Date,
): Promise<number> => {
  const { id: subscriptionId, partyId, uri, hoedanigheid, publication, version, kind, format } = subscription;
  const sequence = await takeNumber(manager, subscription);
  const inserted = await manager.insert(publicationFileTable, {
    ...{
      ...frozen,
      subscriptionId,
      partyId,
      uri,
      hoedanigheid,
      publication,
      version,
      sequence,
      kind,
      format,
      cutOff,
    },
    ...{
      state: snapshot === null ? 'closed' : 'asking',
      visible: JSON.stringify(visible),
      attempts: 0,
      closedAt: now,
    },
    name: await freeName(manager, partyId, cutOff, nameAt),
    expiresAt: new Date(now.getTime() + subscription.retentionDays * DAY),
  });
  const fileId = Number(inserted.identifiers[0]?.id);
  if (snapshot === null) await manager.update(deliveryTable, waiting(subscriptionId), { fileId });
  else await askAboutRegistered(manager, { ...frozen, id: fileId }, subscription, snapshot, now);
  return fileId;
};

/** Undone with the transaction, so that no number is ever left out; whoever comes second waits for the first. */
const takeNumber = async (manager: EntityManager, { partyId, publication, version }: Subscription) => {
  const key = { partyId, publication, version };
  const { affected } = await manager.increment(publicationSequenceTable, key, 'next', 1);
  if (affected === 0) {
    await manager.insert(publicationSequenceTable, { ...key, next: 2 });
    return 1;
  }
  const { next } = await manager.findOneByOrFail(publicationSequenceTable, key);
  return next - 1;
};

/** Two batches may be of the same moment: of another capacity, or of the hour that comes twice in autumn. */
const freeName = async (
  manager: EntityManager,
  partyId: number,
  cutOff: Date,
  nameAt: Frozen['nameAt'],
): Promise<string> => {
  for (let moment = cutOff.getTime(); ; moment += 1) {
    const name = nameAt(new Date(moment));
    if (!(await manager.existsBy(publicationFileTable, { partyId, name }))) return name;
  }
};
