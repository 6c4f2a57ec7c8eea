import type { EntityManager } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Subscription } from '../exchange/subscription.ts';
import { type Hand, note } from './changes.ts';
import { subscriptionImage } from './configuration-image.ts';
import { ChangeRefused } from './configuration-party.ts';
import type { Engine } from './engine.ts';
import { queuedChange } from './queued-change.ts';
import { nextRun, scheduleProblem } from './schedule.ts';
import { subscriptionOf, subscriptionRow } from './subscription-rows.ts';
import { deliveryTable } from './tables/delivery.ts';
import { partyTable } from './tables/party.ts';
import { publicationFileTable } from './tables/publication-file.ts';
import { type SubscriptionRow, subscriptionTable } from './tables/subscription.ts';

/** What may change of a subscription once it is there: never who gets what. */
export type SubscriptionChange = Partial<
  Omit<Subscription, 'id' | 'partyId' | 'uri' | 'hoedanigheid' | 'publication' | 'version' | 'kind'>
>;

/** Each is written down in the change log, and resolves when it is durable and in this process's snapshot. */
export type Subscriptions = {
  /** Throws ChangeRefused when its schedule never comes, or the same one is running already. */
  readonly addSubscription: (subscription: Omit<Subscription, 'id'>, who: string) => Promise<Subscription>;
  /** null: there is no such subscription. Throws ChangeRefused as when it is added. */
  readonly changeSubscription: (
    id: number,
    change: SubscriptionChange,
    who: string,
  ) => Promise<Subscription | null>;
  /**
   * What was matched by now still comes, at its next scheduled moment; nothing else is. null: there is no such
   * subscription. One that was stopped before stays as it was.
   */
  readonly stopSubscription: (id: number, at: Date, who: string) => Promise<Subscription | null>;
  /** All there are, stopped ones too, with the moment of their next batch. */
  readonly allSubscriptions: () => Promise<readonly (Subscription & { readonly nextRunAt: Date | null })[]>;
};

export const keepSubscriptions = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  changed: () => Promise<void>,
  clock: Clock,
): Subscriptions => {
  const change = queuedChange({ write }, changed, clock);
  const update = (id: number, who: string, changes: (old: Subscription) => SubscriptionChange) =>
    change(who, async (manager, hand) => {
      const row = await manager.findOneBy(subscriptionTable, { id });
      if (row === null) return null;
      const old = subscriptionOf(row);
      const changedOne: Subscription = { ...old, ...changes(old) };
      await putSubscription(manager, row, changedOne, hand.at);
      await noteIt(manager, id, old, changedOne, hand);
      return changedOne;
    });
  return {
    addSubscription: (subscription, who) =>
      change(who, async (manager, hand) => {
        const id = await putSubscription(manager, null, subscription, hand.at);
        const made = { ...subscription, id };
        await noteIt(manager, id, null, made, hand);
        return made;
      }),
    changeSubscription: (id, changes, who) => update(id, who, () => changes),
    stopSubscription: (id, at, who) => update(id, who, ({ stoppedAt }) => ({ stoppedAt: stoppedAt ?? at })),
    allSubscriptions: () =>
      read(async (manager) =>
        (await manager.find(subscriptionTable, { order: { id: 'ASC' } })).map((row) => ({
          ...subscriptionOf(row),
          nextRunAt: row.nextRunAt,
        })),
      ),
  };
};

const noteIt = async (
  manager: EntityManager,
  id: number,
  before: Subscription | null,
  after: Subscription,
  hand: Hand,
) => {
  const { name } = await manager.findOneByOrFail(partyTable, { id: after.partyId });
  const edit = {
    ...{ kind: 'subscription' as const, id },
    before: before && subscriptionImage(before, name),
    after: subscriptionImage(after, name),
  };
  if (JSON.stringify(edit.before) !== JSON.stringify(edit.after)) await note(manager, edit, hand);
};

/** Adds it, or puts it in the place of the row; returns its id. */
export const putSubscription = async (
  manager: EntityManager,
  row: SubscriptionRow | null,
  subscription: Omit<Subscription, 'id'>,
  now: Date,
): Promise<number> => {
  const problem = scheduleProblem(subscription, now);
  if (problem !== null) throw new ChangeRefused(problem);
  if (subscription.stoppedAt === null) await refuseSecond(manager, row?.id ?? null, subscription);
  const begin = subscription.validFrom > now ? subscription.validFrom : now;
  const fields = subscriptionRow(subscription);
  const isResting = row?.channel === 'files' && row.nextRunAt === null && subscription.stoppedAt !== null;
  const keeps =
    isResting ||
    (row?.nextRunAt && row.schedule === subscription.schedule && row.timeZone === subscription.timeZone);
  const next = () => (keeps ? row.nextRunAt : nextRun(subscription, begin));
  const nextRunAt = subscription.channel === 'pull' ? null : next();
  if (row !== null) {
    await manager.update(subscriptionTable, { id: row.id }, { ...fields, nextRunAt });
    return row.id;
  }
  const inserted = await manager.insert(subscriptionTable, { ...fields, nextRunAt, closedFor: null });
  return Number(inserted.identifiers[0]?.id);
};

/** Two of the same would tell everything twice. */
const refuseSecond = async (
  manager: EntityManager,
  id: number | null,
  { partyId, uri, hoedanigheid, publication, version, kind, validFrom, validUntil }: Omit<Subscription, 'id'>,
) => {
  const rows = await manager.findBy(subscriptionTable, { partyId, uri, publication, version, kind });
  const same = rows.find(
    (row) =>
      row.id !== id &&
      row.hoedanigheid === hoedanigheid &&
      row.stoppedAt === null &&
      (validUntil === null || row.validFrom < validUntil) &&
      (row.validUntil === null || validFrom < row.validUntil),
  );
  if (same) throw new ChangeRefused(`subscription ${same.id} is the same: change that one, or stop it first`);
};

/** @throws ChangeRefused when something was or is to be told because of it */
export const removeSubscription = async (manager: EntityManager, id: number): Promise<void> => {
  const hasTold =
    (await manager.existsBy(deliveryTable, { subscriptionId: id })) ||
    (await manager.existsBy(publicationFileTable, { subscriptionId: id }));
  if (hasTold)
    throw new ChangeRefused(
      `subscription ${id} has files or mutations that wait for one: stop it instead, so that these can be accounted for`,
    );
  await manager.delete(subscriptionTable, { id });
};
