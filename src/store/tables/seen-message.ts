import { EntitySchema } from 'typeorm';

/** A signed message that came in, for as long as somebody could send it again. */
export type SeenMessageRow = { key: string; exchangeId: string; until: Date };

export const seenMessageTable = new EntitySchema<SeenMessageRow>({
  name: 'seen_message',
  columns: {
    key: { type: 'varchar', primary: true, name: 'message_key' },
    exchangeId: { type: 'varchar', name: 'exchange_id' },
    until: { type: 'datetime', precision: 3, name: 'seen_until' },
  },
});
