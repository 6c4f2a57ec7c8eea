import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, key } from './columns.ts';

/** Null in the rows from before there was a chain. */
const linkColumns = (runner: QueryRunner): readonly (readonly [name: string, type: string])[] => {
  const ascii = runner.dataSource.options.type === 'mysql' ? ' CHARACTER SET ascii COLLATE ascii_bin' : '';
  return [
    ['writer', `varchar(36)${ascii}`],
    ['chain_sequence', 'bigint'],
    ['previous_hash', `varchar(64)${ascii}`],
    ['row_hash', `varchar(64)${ascii}`],
  ];
};

export class AuditChain1795710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, type] of linkColumns(runner)) {
      // A server cannot roll this back: one that was cut off halfway starts again. By hand, since TypeORM would copy
      // the largest table there is into another.
      if (await runner.hasColumn('exchange', name)) continue;
      await runner.query(`ALTER TABLE exchange ADD COLUMN ${name} ${type} NULL`);
    }
    const table = await runner.getTable('exchange');
    if (!table?.indices.some(({ name }) => name === 'exchange_chain'))
      await runner.query('CREATE UNIQUE INDEX exchange_chain ON exchange (writer, chain_sequence)');
    const { big, boolean, integer, list, moment, varchar } = columnsFor(runner);
    await createTable(runner, 'audit_anchor', {
      columns: [
        ...[key(integer('number')), moment('made_at'), varchar(64)('digest')],
        ...[big('unchained'), list('statement')],
      ],
    });
    await createTable(runner, 'audit_anchored', {
      columns: [key(varchar(36)('writer')), big('chain_sequence'), boolean('closed')],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_anchored', true);
    await runner.dropTable('audit_anchor', true);
    await runner.query(
      runner.dataSource.options.type === 'mysql'
        ? 'DROP INDEX exchange_chain ON exchange'
        : 'DROP INDEX exchange_chain',
    );
    for (const [name] of linkColumns(runner)) await runner.query(`ALTER TABLE exchange DROP COLUMN ${name}`);
  }
}
