import type { EntityManager } from 'typeorm';
import type { Subscription } from '../exchange/subscription.ts';
import { type SubscriptionRow, subscriptionTable } from './tables/subscription.ts';

export const subscriptionOf = ({
  filter,
  nextRunAt: _,
  closedFor: __,
  ...row
}: SubscriptionRow): Subscription => ({ ...row, filter: JSON.parse(filter) });

/** The row but for where its schedule has got to. */
export const subscriptionRow = <T extends Omit<Subscription, 'id' | 'partyId'>>({ filter, ...rest }: T) => ({
  ...rest,
  filter: JSON.stringify(filter),
});

export const allSubscriptions = async (manager: EntityManager): Promise<Subscription[]> =>
  (await manager.find(subscriptionTable, { order: { id: 'ASC' } })).map(subscriptionOf);
