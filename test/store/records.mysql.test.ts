import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { pageSql } from '../../src/store/records.ts';
import { mysqlDatabase, withDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

await withDatabase(mysqlDatabase, (database) =>
  describe('the records of a file, on MariaDB', () => {
    test('are found from where a page begins, however many stand before it', async () => {
      await (await openStore(database.url, { clock: systemClock, keys })).close();
      await database.sql(
        'INSERT INTO mutation (author_party_id, reference, publication, version, subject_kind, subject_number,' +
          ' occurred_on, mutation_type, content, digest, accepted_at)' +
          " SELECT 1, seq, 'P', '01.00', 'person', seq, '2026-05-09', '02', '<P/>', '', '2026-05-09' FROM seq_1_to_5000",
      );
      await database.sql(
        'INSERT INTO delivery (subscription_id, mutation_id, file_id) SELECT 1, id, 1 FROM mutation',
      );
      const page = [1, 1, 2500].reduce<string>(
        (sql, value) => sql.replace('?', String(value)),
        pageSql('mysql'),
      );
      const [delivery] = await database.sql(`EXPLAIN ${page}`);
      assert.deepEqual(
        [delivery?.table, delivery?.type, delivery?.key, delivery?.key_len],
        ['d', 'range', 'delivery_file', '17'],
      );
    });
  }),
);
