import { EntitySchema } from 'typeorm';
import type { FileEvent } from '../../exchange/subscription.ts';

export type FileEventRow = { -readonly [field in keyof FileEvent]: FileEvent[field] } & { id: number };

export const fileEventTable = new EntitySchema<FileEventRow>({
  name: 'file_event',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    fileId: { type: 'integer', name: 'file_id', nullable: true },
    partyId: { type: 'integer', name: 'party_id' },
    what: { type: 'varchar' },
    channel: { type: 'varchar', nullable: true },
    remoteAddress: { type: 'varchar', name: 'remote_address', nullable: true },
    at: { type: 'datetime', precision: 3, name: 'happened_at' },
    detail: { type: 'text', nullable: true },
  },
});
