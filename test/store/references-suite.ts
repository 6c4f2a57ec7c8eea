import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import type { Reference } from '../../src/exchange/reference.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

const number = '74651210490';
const line: Reference = {
  ...{ dataType: 'functies', subject: { kind: 'person', number }, source: 'kbo', heldAs: null },
  ...{ begin: '2020-01-01', end: '2020-12-31' },
};
const everything = { dataType: null, subject: null, source: null };

export const referencesSuite = (database: TestDatabase, explain: 'EXPLAIN' | 'EXPLAIN QUERY PLAN') =>
  describe('reference repertory', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    const sourcesOn = async (begin: string, end: string) =>
      (await store.referencesTo({ dataType: 'functies', subject: line.subject, begin, end })).map(
        ({ source }) => source,
      );

    test('names the sources that hold something of these days, and no others', async () => {
      await store.addReferences([line, { ...line, source: 'ksz', begin: '2020-12-31', end: null }], 'an');
      assert.deepEqual(await sourcesOn('2020-06-01', '2020-06-02'), ['kbo']);
      assert.deepEqual(await sourcesOn('2020-12-31', '2020-12-31'), ['kbo', 'ksz']);
      assert.deepEqual(await sourcesOn('2021-01-01', '2026-01-01'), ['ksz']);
      assert.deepEqual(await sourcesOn('2019-01-01', '2019-12-31'), []);
      const about = { dataType: 'functies', begin: '2020-06-01', end: '2020-06-01' };
      const enterprise = { kind: 'enterprise', number } as const;
      assert.deepEqual(await store.referencesTo({ ...about, subject: enterprise }), []);
    });

    test('makes one line of those that overlap, and notes what they were', async () => {
      await store.addReferences([{ ...line, begin: '2020-12-01', end: '2022-03-31' }], 'an');
      const found = await store.references({ ...everything, source: 'kbo' }, 10);
      assert.deepEqual(
        found.map(({ begin, end }) => [begin, end]),
        [['2020-01-01', '2022-03-31']],
      );
      const [change] = await store.changes({ kind: 'reference', name: null, limit: 1 });
      assert.deepEqual([change?.who, change?.before], ['an', [line]]);
    });

    test('takes none of them when one cannot be written', async () => {
      const good = { ...line, subject: { kind: 'person' as const, number: '00610100136' } };
      const another = { kind: 'person' as const, number: '67621500197' };
      const wrong = { ...good, subject: another, begin: null as unknown as string };
      await assert.rejects(store.addReferences([good, wrong], 'an'));
      assert.deepEqual(await store.references({ ...everything, subject: good.subject }, 10), []);
    });

    test('finds a subject down an index among many', async () => {
      const many = Array.from({ length: 400 }, (_, at) => ({
        ...line,
        subject: { kind: 'person' as const, number: String(10_000_000_000 + at) },
      }));
      await store.addReferences(many, 'an');
      const sql = `SELECT * FROM source_reference WHERE data_type = 'functies' AND subject_kind = 'person' AND subject_number = '${number}' ORDER BY id`;
      const plan = JSON.stringify(await database.sql(`${explain} ${sql}`));
      assert.match(plan, /source_reference_subject/);
      assert.doesNotMatch(plan, /SCAN |"type":"ALL"/);
    });

    test('takes away what fits, and tells what that was', async () => {
      const taken = await store.removeReferences({ ...everything, subject: line.subject }, 'an');
      assert.deepEqual(taken.map(({ source }) => source).toSorted(), ['kbo', 'ksz']);
      assert.deepEqual(await sourcesOn('2020-01-01', '2026-01-01'), []);
      await assert.rejects(store.removeReferences(everything, 'an'), /must be said/);
    });
  });
