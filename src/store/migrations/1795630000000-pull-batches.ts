import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, orNull, uniqueIndex } from './columns.ts';

export class PullBatches1795630000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, integer, moment, text, list, varchar } = columnsFor(runner);
    await createTable(runner, 'pull_batch', {
      columns: [
        ...[serial('id'), integer('subscription_id'), varchar(36)('receipt'), list('visible_paths')],
        ...[integer('grant_id'), text('legal_basis'), integer('records'), moment('given_at')],
        orNull(moment('acknowledged_at')),
      ],
      indices: [
        uniqueIndex('pull_batch_receipt', ['receipt']),
        index('pull_batch_subscription', ['subscription_id', 'id']),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pull_batch', true);
  }
}
