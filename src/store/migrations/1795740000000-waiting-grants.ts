import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key, orNull } from './columns.ts';

export class WaitingGrants1795740000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { boolean, integer, list, moment, serial, varchar } = columnsFor(runner);
    await createTable(runner, 'grant_rule', { columns: [key(integer('id')), boolean('second_person')] });
    const [row] = await runner.query('SELECT id FROM grant_rule');
    if (!row) await runner.query('INSERT INTO grant_rule (id, second_person) VALUES (1, 0)');
    await createTable(runner, 'waiting_grant', {
      columns: [
        ...[serial('id'), moment('asked_at'), varchar(255)('who')],
        ...[orNull(integer('grant_id')), orNull(integer('party_id'))],
        ...[orNull(list('image_before')), orNull(list('image_after'))],
      ],
      indices: [index('waiting_grant_party', ['party_id'])],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('waiting_grant', true);
    await runner.dropTable('grant_rule', true);
  }
}
