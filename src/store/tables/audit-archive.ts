import { EntitySchema } from 'typeorm';

/** A file of rows that left the database; what was destroyed at the end of its term keeps its row. */
export type AuditArchiveRow = {
  number: number;
  throughAnchor: number;
  from: Date;
  to: Date;
  rows: number;
  size: number;
  sha256: string;
  key: string;
  findings: number;
  madeAt: Date;
  clearedAt: Date | null;
  destroyedAt: Date | null;
  statement: string | null;
  goneAt: Date | null;
};

export const auditArchiveTable = new EntitySchema<AuditArchiveRow>({
  name: 'audit_archive',
  columns: {
    number: { type: 'integer', primary: true },
    throughAnchor: { type: 'integer', name: 'through_anchor' },
    from: { type: 'datetime', precision: 3, name: 'rows_from' },
    to: { type: 'datetime', precision: 3, name: 'rows_to' },
    rows: { type: 'integer', name: 'row_count' },
    size: { type: 'integer', name: 'file_size' },
    sha256: { type: 'varchar' },
    key: { type: 'varchar', name: 'key_name' },
    findings: { type: 'integer' },
    madeAt: { type: 'datetime', precision: 3, name: 'made_at' },
    clearedAt: { type: 'datetime', precision: 3, name: 'cleared_at', nullable: true },
    destroyedAt: { type: 'datetime', precision: 3, name: 'destroyed_at', nullable: true },
    statement: { type: 'text', nullable: true },
    goneAt: { type: 'datetime', precision: 3, name: 'gone_at', nullable: true },
  },
});

/** Which rows of which writer lie in an archive, and what binds them to those before and behind. */
export type AuditArchivePartRow = {
  writer: string;
  first: number;
  last: number;
  archive: number;
  before: string;
  after: string;
};

export const auditArchivePartTable = new EntitySchema<AuditArchivePartRow>({
  name: 'audit_archive_part',
  columns: {
    writer: { type: 'varchar', primary: true },
    first: { type: 'integer', primary: true, name: 'first_sequence' },
    last: { type: 'integer', name: 'last_sequence' },
    archive: { type: 'integer', name: 'archive_number' },
    before: { type: 'varchar', name: 'hash_before' },
    after: { type: 'varchar', name: 'hash_after' },
  },
});
