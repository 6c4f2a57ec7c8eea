import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, orNull } from './columns.ts';

export class Changes1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, moment, list, varchar } = columnsFor(runner);
    await createTable(runner, 'change_log', {
      columns: [
        ...[serial('id'), moment('changed_at'), varchar(255)('who')],
        ...[varchar(32)('object_kind'), varchar(1000)('object_name')],
        ...[orNull(list('image_before')), orNull(list('image_after'))],
      ],
      indices: [index('change_log_kind', ['object_kind'])],
    });
    await createTable(runner, 'look_up', {
      columns: [
        ...[serial('id'), moment('looked_at'), varchar(255)('who')],
        ...[varchar(10)('subject_kind'), varchar(32)('subject_number')],
      ],
      indices: [index('look_up_subject', ['subject_kind', 'subject_number'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('look_up', true);
    await runner.dropTable('change_log', true);
  }
}
