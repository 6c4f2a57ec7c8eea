import { EntitySchema, type ValueTransformer } from 'typeorm';
import type { Intake } from '../../exchange/intake.ts';

/** A file that a party laid down, from its voucher on; nothing of it counts before its state is `taking`. */
export type IntakeRow = Omit<Intake, 'problems'> & {
  /** JSON */
  problems: string;
  /** Its sequence number, from the moment that it counts: no other file of the flow can have the same then. */
  takenAs: number | null;
};

const count: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};

export const intakeTable = new EntitySchema<IntakeRow>({
  name: 'intake',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    voucherId: { type: 'varchar', name: 'voucher_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar', nullable: true },
    legalBasis: { type: 'text', name: 'legal_basis' },
    service: { type: 'varchar' },
    version: { type: 'varchar' },
    sequence: { type: 'bigint', name: 'sequence', transformer: count },
    fileName: { type: 'varchar', name: 'file_name' },
    sha256: { type: 'varchar' },
    size: { type: 'bigint', transformer: count },
    records: { type: 'bigint', transformer: count },
    state: { type: 'varchar' },
    takenAs: { type: 'bigint', name: 'taken_as', nullable: true, transformer: count },
    takenRecords: { type: 'bigint', name: 'taken_records', transformer: count },
    duplicates: { type: 'bigint', transformer: count },
    problems: { type: 'text' },
    receipt: { type: 'varchar', nullable: true },
    at: { type: 'datetime', precision: 3, name: 'received_at' },
    endedAt: { type: 'datetime', precision: 3, name: 'ended_at', nullable: true },
    clearedAt: { type: 'datetime', precision: 3, name: 'cleared_at', nullable: true },
  },
});
