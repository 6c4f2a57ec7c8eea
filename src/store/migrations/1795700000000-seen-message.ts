import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key } from './columns.ts';

export class SeenMessage1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { moment, varchar } = columnsFor(runner);
    await createTable(runner, 'seen_message', {
      columns: [key(varchar(43)('message_key')), varchar(36)('exchange_id'), moment('seen_until')],
      indices: [index('seen_message_until', ['seen_until'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('seen_message', true);
  }
}
