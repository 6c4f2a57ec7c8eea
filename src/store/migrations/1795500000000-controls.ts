import { type MigrationInterface, type QueryRunner, TableColumn, type TableColumnOptions } from 'typeorm';
import { columnsFor, createTable, key, orNull } from './columns.ts';

const grantColumns = (runner: QueryRunner): readonly TableColumnOptions[] => {
  const { list, varchar } = columnsFor(runner);
  const day = varchar(10);
  return [
    ...[list('writable_paths'), list('controls'), varchar(255)('population')],
    ...[day('data_from'), day('data_until')],
  ].map(orNull);
};

export class Controls1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of grantColumns(runner)) {
      // A server cannot roll this back: one that was cut off halfway starts again.
      if (await runner.hasColumn('party_grant', column.name)) continue;
      await runner.addColumn('party_grant', new TableColumn(column));
    }
    const { varchar } = columnsFor(runner);
    await createTable(runner, 'population_member', {
      columns: [
        ...[key(varchar(255)('population')), key(varchar(10)('subject_kind'))],
        ...[
          key(varchar(32)('subject_number')),
          key(varchar(10)('begin_day')),
          orNull(varchar(10)('end_day')),
        ],
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('population_member', true);
    for (const { name } of grantColumns(runner)) await runner.dropColumn('party_grant', name);
  }
}
