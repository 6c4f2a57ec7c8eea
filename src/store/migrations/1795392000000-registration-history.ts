import type { MigrationInterface, QueryRunner } from 'typeorm';
import { REGISTRATION_LOCKS } from '../tables/registration-lock.ts';
import { columnsFor, createTable, index, key } from './columns.ts';

const fillLocks = async (runner: QueryRunner) => {
  const there: readonly { readonly slot: number }[] = await runner.query(
    'SELECT slot FROM registration_lock',
  );
  const slots = new Set(there.map(({ slot }) => Number(slot)));
  const missing = Array.from({ length: REGISTRATION_LOCKS }, (_, slot) => slot).filter(
    (slot) => !slots.has(slot),
  );
  if (missing.length === 0) return;
  const rows = missing.map((slot) => `(${slot}, 0)`).join(', ');
  await runner.query(`INSERT INTO registration_lock (slot, turns) VALUES ${rows}`);
};

export class RegistrationHistory1795392000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { serial, integer, moment, list, varchar } = columnsFor(runner);
    await createTable(runner, 'registration_history', {
      columns: [
        ...[serial('id'), moment('changed_at'), varchar(32)('what')],
        ...[varchar(10)('by_kind'), varchar(255)('by_name'), integer('party_id')],
        ...[varchar(255)('hoedanigheid'), varchar(10)('subject_kind'), varchar(32)('subject_number')],
        ...[list('periods_before'), list('periods_after')],
      ],
      indices: [
        index('registration_history_subject', ['subject_kind', 'subject_number', 'party_id']),
        index('registration_history_party', ['party_id']),
        index('registration_history_by', ['by_name']),
      ],
    });
    await createTable(runner, 'registration_lock', {
      columns: [key(integer('slot')), { name: 'turns', type: 'bigint' }],
    });
    await fillLocks(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('registration_lock', true);
    await runner.dropTable('registration_history', true);
  }
}
