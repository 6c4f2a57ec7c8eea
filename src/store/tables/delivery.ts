import { EntitySchema } from 'typeorm';

/** That one subscription gets one mutation, and in which file; `fileId` null: it waits for the next. */
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
