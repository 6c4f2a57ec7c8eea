import { EntitySchema } from 'typeorm';
import type { Subscription } from '../../exchange/subscription.ts';

/** `filter` is JSON. The last two are not of the configuration: they say where its schedule has got to. */
export type SubscriptionRow = {
  -readonly [field in Exclude<keyof Subscription, 'filter'>]: Subscription[field];
} & {
  filter: string;
  /** null: it will not be closed again. */
  nextRunAt: Date | null;
  closedFor: Date | null;
};

export const subscriptionTable = new EntitySchema<SubscriptionRow>({
  name: 'subscription',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar', nullable: true },
    publication: { type: 'varchar' },
    version: { type: 'varchar' },
    kind: { type: 'varchar' },
    schedule: { type: 'varchar' },
    timeZone: { type: 'varchar', name: 'time_zone' },
    format: { type: 'varchar' },
    filter: { type: 'text', name: 'filter_paths' },
    legalBasis: { type: 'text', name: 'legal_basis' },
    channel: { type: 'varchar' },
    emptyFiles: { type: 'boolean', name: 'empty_files' },
    retentionDays: { type: 'integer', name: 'retention_days' },
    validFrom: { type: 'datetime', precision: 3, name: 'valid_from' },
    validUntil: { type: 'datetime', precision: 3, name: 'valid_until', nullable: true },
    stoppedAt: { type: 'datetime', precision: 3, name: 'stopped_at', nullable: true },
    nextRunAt: { type: 'datetime', precision: 3, name: 'next_run_at', nullable: true },
    closedFor: { type: 'datetime', precision: 3, name: 'closed_for', nullable: true },
  },
});
