import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnsFor, createTable, index, key, orNull, uniqueIndex } from './columns.ts';

/** Nothing refers to a row of another table, as with mutations: a server would lock that row for every question. */
export class Questions1795620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { bigSerial, integer, boolean, moment, text, longText, varchar } = columnsFor(runner);
    const name = varchar(255);
    await createTable(runner, 'question_batch', {
      columns: [
        ...[key(varchar(8)('owner')), key(integer('owner_id')), integer('party_id'), name('uri')],
        ...[orNull(name('hoedanigheid')), orNull(name('end_user')), name('reference')],
        ...[varchar(100)('service'), varchar(5)('version'), varchar(36)('voucher_id')],
        ...[orNull(varchar(1000)('certificate_subject')), orNull(varchar(64)('certificate_fingerprint'))],
        ...[
          text('legal_basis'),
          orNull(text('template')),
          orNull(name('file_name')),
          orNull(name('schema_path')),
        ],
        ...[
          varchar(16)('state'),
          orNull(integer('questions')),
          boolean('last_time'),
          orNull(text('last_error')),
        ],
        ...[moment('made_at'), orNull(moment('answered_at')), orNull(moment('replied_at'))],
        ...[
          orNull(name('reply_name')),
          orNull(integer('reply_sequence')),
          orNull(varchar(36)('reply_voucher_id')),
        ],
        boolean('cleared'),
      ],
      indices: [
        index('question_batch_state', ['state', 'owner', 'owner_id']),
        uniqueIndex('question_batch_sequence', ['party_id', 'service', 'version', 'reply_sequence']),
        uniqueIndex('question_batch_reply', ['party_id', 'reply_name']),
      ],
    });
    await createTable(runner, 'question', {
      columns: [
        ...[bigSerial('id'), varchar(8)('owner'), integer('owner_id'), integer('position')],
        ...[orNull(varchar(10)('subject_kind')), orNull(varchar(32)('subject_number'))],
        ...[orNull(longText('content')), varchar(8)('state'), integer('tries'), orNull(longText('answer'))],
        ...[orNull(varchar(36)('exchange_id')), orNull(moment('answered_at'))],
      ],
      indices: [
        uniqueIndex('question_position', ['owner', 'owner_id', 'position']),
        index('question_state', ['owner', 'owner_id', 'state', 'position']),
      ],
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['question', 'question_batch']) await runner.dropTable(table, true);
  }
}
