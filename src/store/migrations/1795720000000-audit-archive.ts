import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key, orNull } from './columns.ts';

export class AuditArchive1795720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { big, integer, list, moment, varchar } = columnsFor(runner);
    await createTable(runner, 'audit_archive', {
      columns: [
        ...[key(integer('number')), integer('through_anchor'), moment('rows_from'), moment('rows_to')],
        ...[big('row_count'), big('file_size'), varchar(64)('sha256'), varchar(64)('key_name')],
        ...[integer('findings'), moment('made_at'), orNull(moment('cleared_at'))],
        ...[orNull(moment('destroyed_at')), orNull(list('statement')), orNull(moment('gone_at'))],
      ],
      indices: [index('audit_archive_to', ['rows_to'])],
    });
    await createTable(runner, 'audit_archive_part', {
      columns: [
        ...[key(varchar(36)('writer')), key(big('first_sequence')), big('last_sequence')],
        ...[integer('archive_number'), varchar(64)('hash_before'), varchar(64)('hash_after')],
      ],
      indices: [index('audit_archive_part_archive', ['archive_number'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_archive_part', true);
    await runner.dropTable('audit_archive', true);
  }
}
