import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, key } from './columns.ts';

const TABLES = ['exchange_subject', 'look_up'] as const;

/** Beside the columns with the numbers, which `seal-plain.ts` empties and takes away: that needs the keys. */
const sealedColumns = (runner: QueryRunner): readonly (readonly [name: string, type: string])[] => {
  const ascii = runner.dataSource.options.type === 'mysql' ? ' CHARACTER SET ascii COLLATE ascii_bin' : '';
  return [
    ['subject_hash', `varchar(43)${ascii}`],
    ['subject_sealed', `varchar(255)${ascii}`],
  ];
};

export class SealedSubjects1795711000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      for (const [name, type] of sealedColumns(runner)) {
        // By hand and one by one, as those of the chain are.
        if (await runner.hasColumn(table, name)) continue;
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type} NOT NULL DEFAULT ''`);
      }
      const index = `${table}_hash`;
      const found = await runner.getTable(table);
      if (!found?.indices.some(({ name }) => name === index))
        await runner.query(`CREATE INDEX ${index} ON ${table} (subject_hash)`);
    }
    // Sealed it is longer. That takes no copy of the table; SQLite holds nobody to a length.
    if (runner.dataSource.options.type === 'mysql')
      await runner.query(
        'ALTER TABLE exchange MODIFY COLUMN end_user varchar(1500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL',
      );
    const { varchar } = columnsFor(runner);
    await createTable(runner, 'audit_key', { columns: [key(varchar(12)('id'))] });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_key', true);
    for (const table of TABLES) {
      const of = runner.dataSource.options.type === 'mysql' ? ` ON ${table}` : '';
      await runner.query(`DROP INDEX ${table}_hash${of}`);
      for (const [name] of sealedColumns(runner))
        await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
    }
  }
}
