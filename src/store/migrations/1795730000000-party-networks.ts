import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, key } from './columns.ts';

export class PartyNetworks1795730000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { integer, varchar } = columnsFor(runner);
    await createTable(runner, 'party_network', {
      columns: [key(integer('party_id')), key(varchar(43)('network'))],
      refers: { party_id: 'party' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('party_network', true);
  }
}
