import { EntitySchema } from 'typeorm';

/** What an authority said of an anchor's digest, as it said it: a time-stamp token (RFC 3161), base64. */
export type AuditTimestampRow = { anchor: number; at: Date; token: string };

export const auditTimestampTable = new EntitySchema<AuditTimestampRow>({
  name: 'audit_timestamp',
  columns: {
    anchor: { type: 'integer', primary: true, name: 'anchor_number' },
    at: { type: 'datetime', precision: 3, name: 'stamped_at' },
    token: { type: 'text' },
  },
});
