import { EntitySchema } from 'typeorm';

/**
 * That one subscription gets one mutation, and in which file; `fileId` null: it waits for the next. Below zero it is no
 * file but a batch that was asked for: the one of `pull_batch` with this number, less its sign. So both are found, and
 * what waits is, through one index.
 */
export type DeliveryRow = { id: number; subscriptionId: number; mutationId: number; fileId: number | null };

export const deliveryTable = new EntitySchema<DeliveryRow>({
  name: 'delivery',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    subscriptionId: { type: 'integer', name: 'subscription_id' },
    mutationId: { type: 'bigint', name: 'mutation_id' },
    fileId: { type: 'integer', name: 'file_id', nullable: true },
  },
});
