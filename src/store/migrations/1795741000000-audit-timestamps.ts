import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, key } from './columns.ts';

export class AuditTimestamps1795741000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { integer, list, moment } = columnsFor(runner);
    await createTable(runner, 'audit_timestamp', {
      columns: [key(integer('anchor_number')), moment('stamped_at'), list('token')],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_timestamp', true);
  }
}
