import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, orNull, uniqueIndex } from './columns.ts';

export class PickupAccess1795610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, integer, moment, text, varchar } = columnsFor(runner);
    await createTable(runner, 'pickup_access', {
      columns: [
        ...[serial('id'), integer('party_id'), varchar(100)('user_name'), varchar(16)('kind')],
        ...[text('secret'), orNull(moment('valid_until'))],
      ],
      indices: [uniqueIndex('pickup_access_user', ['user_name']), index('pickup_access_party', ['party_id'])],
      refers: { party_id: 'party' },
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('pickup_access', true);
  }
}
