import { EntitySchema } from 'typeorm';

/** Signed statements of how far the audit had come; `statement` is the XML as it was signed. A server gives the large
 * numbers of both tables back as text. */
export type AuditAnchorRow = {
  number: number;
  madeAt: Date;
  digest: string;
  /** Rows from before there was a chain, as the first anchor counted them. */
  unchained: number;
  statement: string;
};

export const auditAnchorTable = new EntitySchema<AuditAnchorRow>({
  name: 'audit_anchor',
  columns: {
    number: { type: 'integer', primary: true },
    madeAt: { type: 'datetime', precision: 3, name: 'made_at' },
    digest: { type: 'varchar' },
    unchained: { type: 'integer' },
    statement: { type: 'text' },
  },
});

/** How far each writer is anchored, so that the next anchor says only what is new; the anchors themselves are the proof. */
export type AuditAnchoredRow = { writer: string; sequence: number; closed: boolean };

export const auditAnchoredTable = new EntitySchema<AuditAnchoredRow>({
  name: 'audit_anchored',
  columns: {
    writer: { type: 'varchar', primary: true },
    sequence: { type: 'integer', name: 'chain_sequence' },
    closed: { type: 'boolean' },
  },
});
