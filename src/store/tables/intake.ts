import { EntitySchema, type ValueTransformer } from 'typeorm';

/** A file that a source laid down, from its voucher on; nothing of it counts before its state is `taking`. */
export type IntakeRow = {
  id: number;
  partyId: number;
  voucherId: string;
  flow: string;
  sequence: number;
  fileName: string;
  sha256: string;
  size: number;
  records: number;
  state: 'received' | 'held' | 'validated' | 'taking' | 'taken' | 'rejected';
  /** How many of its records are in `mutation`: where to go on after a crash. */
  takenRecords: number;
  problem: string | null;
  at: Date;
};

const count: ValueTransformer = { to: (value: number) => value, from: Number };

export const intakeTable = new EntitySchema<IntakeRow>({
  name: 'intake',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    partyId: { type: 'integer', name: 'party_id' },
    voucherId: { type: 'varchar', name: 'voucher_id' },
    flow: { type: 'varchar' },
    sequence: { type: 'integer' },
    fileName: { type: 'varchar', name: 'file_name' },
    sha256: { type: 'varchar' },
    size: { type: 'bigint', transformer: count },
    records: { type: 'integer' },
    state: { type: 'varchar' },
    takenRecords: { type: 'integer', name: 'taken_records' },
    problem: { type: 'text', nullable: true },
    at: { type: 'datetime', precision: 3, name: 'received_at' },
  },
});
