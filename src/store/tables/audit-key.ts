import { EntitySchema } from 'typeorm';

/** The keys of the audit, by their ids, with which something in this database may be sealed. */
export type AuditKeyRow = { id: string };

export const auditKeyTable = new EntitySchema<AuditKeyRow>({
  name: 'audit_key',
  columns: { id: { type: 'varchar', primary: true } },
});
