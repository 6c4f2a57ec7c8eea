import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Subject } from '../../src/exchange/party.ts';
import { exchangesAboutSql } from '../../src/store/citizen.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { stoppedClock } from '../support/clock.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered, refused } from './samples.ts';

const AT = new Date('2026-03-02T10:00:00.000Z');
const person: Subject = { kind: 'person', number: '00610100136' };

export const citizenSuite = (database: TestDatabase, explain: 'EXPLAIN' | 'EXPLAIN QUERY PLAN') =>
  describe('look-ups of a citizen', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: stoppedClock(AT), keys });
    });
    after(() => store.close());

    test('finds every exchange about a person, refused ones too, latest first, and nobody else', async () => {
      const day = (number: number) => new Date(Date.UTC(2026, 0, number));
      const about = Array.from({ length: 1100 }, (_, number) =>
        number % 2 === 0
          ? answered({ receivedAt: day(number) })
          : refused({ receivedAt: day(number), subjects: [person] }),
      );
      const others = [refused(), answered({ subjects: [{ kind: 'enterprise', number: person.number }] })];
      await Promise.all([...about, ...others].map(store.record));
      const found = await store.lookUp(person, 'an');
      assert.deepEqual(
        found.map(({ id }) => id),
        about.map(({ id }) => id).toReversed(),
      );
      assert.deepEqual(found[1], about[1098]);
    });

    test('writes down who looked, when and about whom, also when there is nothing to see', async () => {
      const nobody: Subject = { kind: 'person', number: '00610100235' };
      assert.deepEqual(await store.lookUp(nobody, 'bea'), []);
      const [only, ...rest] = await store.lookUps(nobody);
      assert.deepEqual([only?.who, only?.at, rest], ['bea', AT, []]);
      assert.deepEqual(
        (await store.lookUps(person)).map(({ who }) => who),
        ['an'],
      );
    });

    test('shows nothing when it cannot be written down', async () => {
      await database.sql('ALTER TABLE look_up RENAME TO look_up_gone');
      await assert.rejects(store.lookUp(person, 'an'));
      await database.sql('ALTER TABLE look_up_gone RENAME TO look_up');
    });

    test('goes down the index', async () => {
      const sql = exchangesAboutSql(1).replace('?', `'${keys.hash(person)}'`);
      const plan = JSON.stringify(await database.sql(`${explain} ${sql}`));
      assert.match(plan, /exchange_subject_hash/);
      assert.doesNotMatch(plan, /SCAN exchange_subject\b|"type":"ALL"/);
    });
  });
