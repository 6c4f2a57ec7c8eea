import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, orNull, uniqueIndex } from './columns.ts';

export class CodeTable1795510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, text, varchar } = columnsFor(runner);
    await createTable(runner, 'code_table', {
      columns: [
        ...[serial('id'), varchar(64)('name'), varchar(255)('source')],
        ...[varchar(255)('source_code'), varchar(255)('magda_code'), orNull(text('description'))],
      ],
      indices: [uniqueIndex('code_table_code', ['name', 'source', 'source_code'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('code_table', true);
  }
}
