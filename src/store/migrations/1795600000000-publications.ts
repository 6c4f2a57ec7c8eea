import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key, orNull, uniqueIndex } from './columns.ts';

/**
 * Nothing refers to a row of another table here: a server would lock that row for every mutation and delivery, and
 * whoever closes a batch would wait for all of them.
 */
const createMutations = async (runner: QueryRunner) => {
  const { bigSerial, big, integer, moment, longText, varchar } = columnsFor(runner);
  await createTable(runner, 'mutation', {
    columns: [
      ...[bigSerial('id'), integer('author_party_id'), varchar(100)('reference')],
      ...[varchar(100)('publication'), varchar(5)('version')],
      ...[varchar(10)('subject_kind'), varchar(32)('subject_number'), varchar(10)('occurred_on')],
      ...[varchar(2)('mutation_type'), longText('content'), varchar(64)('digest'), moment('accepted_at')],
    ],
    indices: [uniqueIndex('mutation_reference', ['author_party_id', 'reference'])],
  });
  await createTable(runner, 'delivery', {
    columns: [bigSerial('id'), integer('subscription_id'), big('mutation_id'), orNull(integer('file_id'))],
    indices: [
      uniqueIndex('delivery_once', ['subscription_id', 'mutation_id']),
      index('delivery_file', ['subscription_id', 'file_id', 'id']),
    ],
  });
};

const createFiles = async (runner: QueryRunner) => {
  const { serial, big, integer, moment, text, list, varchar } = columnsFor(runner);
  const publication = [varchar(100)('publication'), varchar(5)('version')];
  const name = varchar(255);
  await createTable(runner, 'publication_sequence', {
    columns: [key(integer('party_id')), ...publication.map(key), integer('next_number')],
  });
  await createTable(runner, 'publication_file', {
    columns: [
      ...[serial('id'), integer('subscription_id'), integer('party_id'), ...publication, integer('sequence')],
      ...[name('uri'), orNull(name('hoedanigheid'))],
      ...[varchar(16)('state'), varchar(16)('kind'), moment('cut_off'), name('name')],
      ...[varchar(36)('voucher_id'), varchar(8)('format'), list('visible_paths'), integer('grant_id')],
      ...[
        text('legal_basis'),
        orNull(integer('records')),
        orNull(big('size')),
        orNull(varchar(64)('sha256')),
      ],
      ...[integer('attempts'), orNull(text('last_error')), moment('closed_at')],
      ...['written_at', 'collected_at', 'acknowledged_at'].map((each) => orNull(moment(each))),
      moment('expires_at'),
    ],
    indices: [
      uniqueIndex('publication_file_sequence', ['party_id', 'publication', 'version', 'sequence']),
      uniqueIndex('publication_file_batch', ['subscription_id', 'cut_off']),
      uniqueIndex('publication_file_name', ['party_id', 'name']),
      index('publication_file_state', ['state', 'id']),
    ],
  });
  await createTable(runner, 'file_event', {
    columns: [
      ...[serial('id'), orNull(integer('file_id')), integer('party_id'), varchar(32)('what')],
      ...[orNull(varchar(16)('channel')), orNull(varchar(64)('remote_address')), moment('happened_at')],
      orNull(text('detail')),
    ],
    indices: [index('file_event_file', ['file_id']), index('file_event_party', ['party_id'])],
  });
  await createTable(runner, 'intake', {
    columns: [
      ...[serial('id'), integer('party_id'), varchar(64)('voucher_id'), name('flow'), integer('sequence')],
      ...[name('file_name'), varchar(64)('sha256'), big('size'), integer('records'), varchar(16)('state')],
      ...[integer('taken_records'), orNull(text('problem')), moment('received_at')],
    ],
    indices: [
      uniqueIndex('intake_voucher', ['party_id', 'voucher_id']),
      index('intake_state', ['state', 'id']),
    ],
  });
};

const createSubscriptions = async (runner: QueryRunner) => {
  const { serial, boolean, integer, moment, text, list, varchar } = columnsFor(runner);
  const name = varchar(255);
  await createTable(runner, 'subscription', {
    columns: [
      ...[serial('id'), integer('party_id'), name('uri'), orNull(name('hoedanigheid'))],
      ...[varchar(100)('publication'), varchar(5)('version'), varchar(16)('kind')],
      ...[varchar(100)('schedule'), varchar(64)('time_zone'), varchar(8)('format'), list('filter_paths')],
      ...[text('legal_basis'), varchar(8)('channel'), boolean('empty_files'), integer('retention_days')],
      ...[moment('valid_from'), orNull(moment('valid_until')), orNull(moment('stopped_at'))],
      ...[orNull(moment('next_run_at')), orNull(moment('closed_for'))],
    ],
    indices: [
      index('subscription_party', ['party_id']),
      index('subscription_next_run', ['next_run_at']),
      index('subscription_closed_for', ['closed_for']),
    ],
    refers: { party_id: 'party' },
  });
};

export class Publications1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createSubscriptions(runner);
    await createMutations(runner);
    await createFiles(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['intake', 'file_event', 'publication_file', 'publication_sequence'])
      await runner.dropTable(table, true);
    for (const table of ['delivery', 'mutation', 'subscription']) await runner.dropTable(table, true);
  }
}
