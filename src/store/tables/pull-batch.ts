import { EntitySchema } from 'typeorm';
import type { PullBatch } from '../../exchange/pull.ts';

/** `visible` is JSON. */
export type PullBatchRow = {
  -readonly [field in Exclude<keyof PullBatch, 'visible'>]: PullBatch[field];
} & { visible: string };

export const pullBatchTable = new EntitySchema<PullBatchRow>({
  name: 'pull_batch',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    subscriptionId: { type: 'integer', name: 'subscription_id' },
    receipt: { type: 'varchar' },
    visible: { type: 'text', name: 'visible_paths' },
    grantId: { type: 'integer', name: 'grant_id' },
    legalBasis: { type: 'text', name: 'legal_basis' },
    records: { type: 'integer' },
    givenAt: { type: 'datetime', precision: 3, name: 'given_at' },
    acknowledgedAt: { type: 'datetime', precision: 3, name: 'acknowledged_at', nullable: true },
  },
});
