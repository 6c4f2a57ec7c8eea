import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, orNull, uniqueIndex } from './columns.ts';

/** The table that was there had no row yet: nothing took files in. */
export class Intake1795615000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, big, integer, moment, text, list, varchar } = columnsFor(runner);
    const flow = ['party_id', 'service', 'version'];
    await runner.dropTable('intake', true);
    await createTable(runner, 'intake', {
      columns: [
        ...[serial('id'), integer('party_id'), varchar(64)('voucher_id'), varchar(255)('uri')],
        ...[orNull(varchar(255)('hoedanigheid')), text('legal_basis'), varchar(100)('service')],
        ...[varchar(5)('version'), big('sequence'), varchar(255)('file_name'), varchar(64)('sha256')],
        ...[big('size'), big('records'), varchar(16)('state'), orNull(big('taken_as'))],
        ...[big('taken_records'), big('duplicates'), list('problems'), orNull(varchar(24)('receipt'))],
        ...[moment('received_at'), orNull(moment('ended_at')), orNull(moment('cleared_at'))],
      ],
      indices: [
        uniqueIndex('intake_voucher', ['party_id', 'voucher_id']),
        uniqueIndex('intake_taken_as', [...flow, 'taken_as']),
        index('intake_sequence', [...flow, 'sequence']),
        index('intake_state', ['state', 'id']),
        index('intake_cleared', ['cleared_at', 'ended_at']),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    const { serial, big, integer, moment, text, varchar } = columnsFor(runner);
    const name = varchar(255);
    await runner.dropTable('intake', true);
    await createTable(runner, 'intake', {
      columns: [
        ...[serial('id'), integer('party_id'), varchar(64)('voucher_id'), name('flow'), integer('sequence')],
        ...[name('file_name'), varchar(64)('sha256'), big('size'), integer('records'), varchar(16)('state')],
        ...[integer('taken_records'), orNull(text('problem')), moment('received_at')],
      ],
      indices: [
        uniqueIndex('intake_voucher', ['party_id', 'voucher_id']),
        index('intake_state', ['state', 'id']),
      ],
    });
  }
}
