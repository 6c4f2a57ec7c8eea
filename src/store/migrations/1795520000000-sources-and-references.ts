import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { TableColumn } from 'typeorm';
import { columnsFor, createTable, index, orNull } from './columns.ts';

export class SourcesAndReferences1795520000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, integer, varchar } = columnsFor(runner);
    const settings: TableColumnOptions[] = [
      { ...integer('retries'), default: 2 },
      { ...integer('breaker'), default: 10 },
      { ...integer('pause'), default: 10_000 },
    ];
    // A server keeps a column whose migration was cut off after it.
    for (const column of settings)
      if (!(await runner.hasColumn('source', column.name)))
        await runner.addColumn('source', new TableColumn(column));
    await createTable(runner, 'source_reference', {
      columns: [
        ...[
          serial('id'),
          varchar(64)('data_type'),
          varchar(10)('subject_kind'),
          varchar(32)('subject_number'),
        ],
        ...[varchar(255)('source'), orNull(varchar(32)('held_as'))],
        ...[varchar(10)('begin_day'), orNull(varchar(10)('end_day'))],
      ],
      indices: [index('source_reference_subject', ['subject_number', 'subject_kind', 'data_type'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('source_reference', true);
    for (const name of ['pause', 'breaker', 'retries']) await runner.dropColumn('source', name);
  }
}
