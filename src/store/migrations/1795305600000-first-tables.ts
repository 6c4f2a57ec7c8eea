import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key, orNull, uniqueIndex } from './columns.ts';

const createConfiguration = async (runner: QueryRunner) => {
  const { serial, integer, moment, text, list, varchar } = columnsFor(runner);
  const name = varchar(255);
  await createTable(runner, 'party', {
    columns: [
      ...[serial('id'), name('name'), varchar(10)('cbe_number')],
      ...[varchar(32)('profile'), orNull(moment('profile_until'))],
    ],
  });
  await createTable(runner, 'party_identity', {
    columns: [serial('id'), integer('party_id'), name('uri'), name('hoedanigheid')],
    indices: [uniqueIndex('party_identity_once', ['party_id', 'uri', 'hoedanigheid'])],
    refers: { party_id: 'party' },
  });
  await createTable(runner, 'party_certificate', {
    columns: [key(varchar(700)('subject')), integer('party_id')],
    indices: [index('party_certificate_party', ['party_id'])],
    refers: { party_id: 'party' },
  });
  await createTable(runner, 'party_grant', {
    columns: [
      ...[serial('id'), integer('party_id'), name('uri'), orNull(name('hoedanigheid'))],
      ...[name('service'), name('version'), text('legal_basis')],
      ...[moment('valid_from'), orNull(moment('valid_until')), list('visible_paths')],
    ],
    indices: [index('party_grant_party', ['party_id'])],
    refers: { party_id: 'party' },
  });
  await createTable(runner, 'registration', {
    columns: [
      ...[serial('id'), integer('party_id'), name('hoedanigheid')],
      ...[varchar(10)('subject_kind'), varchar(32)('subject_number')],
      ...[varchar(10)('begin_day'), orNull(varchar(10)('end_day'))],
    ],
    indices: [
      index('registration_subject', ['subject_kind', 'subject_number', 'party_id', 'hoedanigheid']),
      index('registration_party', ['party_id']),
    ],
    refers: { party_id: 'party' },
  });
  await createTable(runner, 'source', {
    columns: [
      ...[key(name('name')), varchar(16)('kind'), orNull(varchar(2000)('url'))],
      ...[integer('deadline'), integer('max_bytes'), varchar(16)('signature')],
    ],
  });
};

const createAudit = async (runner: QueryRunner) => {
  const { integer, double, moment, text, list, varchar } = columnsFor(runner);
  const name = varchar(255);
  await createTable(runner, 'exchange', {
    columns: [
      ...[key(varchar(36)('id')), moment('received_at'), double('duration'), varchar(64)('remote_address')],
      ...[orNull(name('service')), orNull(name('version')), orNull(varchar(1000)('certificate_subject'))],
      ...[orNull(varchar(64)('certificate_fingerprint')), orNull(name('party')), orNull(name('uri'))],
      ...[orNull(name('hoedanigheid')), orNull(name('end_user')), orNull(name('reference'))],
      ...[orNull(integer('grant_id')), orNull(text('legal_basis')), varchar(16)('outcome')],
      ...[orNull(integer('refusal_level')), orNull(name('code')), orNull(text('reason'))],
      ...[
        list('stages'),
        list('sources'),
        list('filtered'),
        varchar(64)('digest_in'),
        varchar(64)('digest_out'),
      ],
    ],
    indices: [index('exchange_received_at', ['received_at']), index('exchange_code', ['code'])],
  });
  await createTable(runner, 'exchange_subject', {
    columns: [
      ...[key(varchar(36)('exchange_id')), key(integer('seq'))],
      ...[varchar(10)('subject_kind'), varchar(32)('subject_number')],
    ],
    indices: [index('exchange_subject_number', ['subject_kind', 'subject_number'])],
    refers: { exchange_id: 'exchange' },
  });
};

export class FirstTables1795305600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createConfiguration(runner);
    await createAudit(runner);
    const { integer } = columnsFor(runner);
    await createTable(runner, 'change_stamp', { columns: [key(integer('id')), integer('counter')] });
    const stamps: unknown[] = await runner.query('SELECT id FROM change_stamp');
    if (stamps.length === 0) await runner.query('INSERT INTO change_stamp (id, counter) VALUES (1, 0)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('change_stamp', true);
    await runner.dropTable('exchange_subject', true);
    await runner.dropTable('exchange', true);
    await runner.dropTable('source', true);
    await runner.dropTable('registration', true);
    await runner.dropTable('party_grant', true);
    await runner.dropTable('party_certificate', true);
    await runner.dropTable('party_identity', true);
    await runner.dropTable('party', true);
  }
}
