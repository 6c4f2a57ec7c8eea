import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { newKeyLine, readKeyRing } from '../../src/audit/key-ring.ts';
import { subjectKeys } from '../../src/audit/subject-keys.ts';
import { latestFirst } from '../../src/exchange/audit.ts';
import { systemClock } from '../../src/exchange/clock.ts';
import { Unreadable } from '../../src/exchange/subject-keys.ts';
import { KeysDoNotFit } from '../../src/store/audit-keys.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { answered, refused } from './samples.ts';

const count = async (database: TestDatabase, table: string) =>
  Number((await database.sql(`SELECT COUNT(*) AS rows_there FROM ${table}`))[0]?.rows_there);

export const auditSuite = (database: TestDatabase, make: () => Promise<TestDatabase>) =>
  describe('audit', { concurrency: false }, () => {
    let store: Store;
    const reopen = async () => {
      await store.close();
      store = await openStore(database.url, { clock: systemClock, keys });
    };
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    test('gives back what was recorded, in full and where nothing was known', async () => {
      for (const exchange of [answered(), refused()]) {
        await store.record(exchange);
        assert.deepEqual(await store.exchange(exchange.id), exchange);
      }
      assert.equal(await store.exchange(randomUUID()), null);
    });

    test('finds exchanges by time, party, code and subject, the latest first', async () => {
      const day = (hour: string) => new Date(`2026-04-01T${hour}:00:00.000Z`);
      const subject = { kind: 'person' as const, number: '00620200144' };
      const first = answered({ receivedAt: day('08'), party: 'Zorg', subjects: [subject] });
      const second = answered({
        receivedAt: day('09'),
        party: 'Zorg',
        code: '40001',
        outcome: 'refused',
        level: 2,
      });
      const third = refused({ receivedAt: day('10'), subjects: [subject] });
      await Promise.all([first, second, third].map(store.record));
      assert.deepEqual(await store.exchanges({ from: day('08'), to: day('10'), limit: 9 }), [second, first]);
      assert.deepEqual(await store.exchanges({ from: day('08'), limit: 1 }), [third]);
      assert.deepEqual(await store.exchanges({ party: 'Zorg', limit: 9 }), [second, first]);
      assert.deepEqual(await store.exchanges({ code: '40001', limit: 9 }), [second]);
      assert.deepEqual(await store.exchanges({ subject, limit: 9 }), [third, first]);
      assert.deepEqual(await store.exchanges({ subject: { ...subject, kind: 'enterprise' }, limit: 9 }), []);
    });

    test('lists those of one millisecond in one order, whichever view it is', async () => {
      const subject = { kind: 'person' as const, number: '00620200243' };
      const receivedAt = new Date('2026-05-01T08:00:00.000Z');
      const all = Array.from({ length: 20 }, () => answered({ receivedAt, subjects: [subject] }));
      await Promise.all(all.map(store.record));
      const ids = all
        .map(({ id }) => id)
        .sort()
        .toReversed();
      const views = [await store.exchanges({ subject, limit: 99 }), await store.lookUp(subject, 'an')];
      for (const view of [...views, all.toSorted(latestFirst)])
        assert.deepEqual(
          view.map(({ id }) => id),
          ids,
        );
    });

    test('gives all but whom it is about where the keys are not known, and says why', async () => {
      const exchange = answered();
      await store.record(exchange);
      const other = await openStore(database.url, { clock: systemClock });
      const why = 'the keys of the audit are not known here (KRUISPUNT_AUDIT_KEYS)';
      try {
        assert.deepEqual(await other.exchange(exchange.id), {
          ...exchange,
          endUser: `unreadable (${why})`,
          subjects: exchange.subjects.map(({ kind }) => ({ kind, number: null, why })),
        });
        const [subject] = exchange.subjects;
        assert.ok(subject);
        for (const ask of [
          () => other.exchanges({ subject, limit: 1 }),
          () => other.lookUp(subject, 'an'),
          () => other.record(answered()),
        ])
          await assert.rejects(ask, Unreadable);
      } finally {
        await other.close();
      }
    });

    test('opens no database that is written with other keys, nor one of which it lacks a key', async () => {
      const [mine, another] = [newKeyLine(), newKeyLine()];
      const fresh = await make();
      const open = (...lines: string[]) =>
        openStore(fresh.url, { clock: systemClock, keys: subjectKeys(readKeyRing(lines.join('\n'))) });
      try {
        await (await open(mine)).close();
        await assert.rejects(open(another), KeysDoNotFit);
        const both = await open(mine, another);
        const exchange = answered();
        await both.record(exchange);
        assert.deepEqual(await both.exchange(exchange.id), exchange);
        await both.close();
        await assert.rejects(open(mine), new RegExp(another.slice(0, 12)));
        const turned = await open(another, mine);
        const later = answered();
        await turned.record(later);
        const [subject = null] = later.subjects;
        const found = (await turned.exchanges({ subject, limit: 9 })).map(({ id }) => id);
        assert.deepEqual(found.toSorted(), [exchange.id, later.id].toSorted());
        await turned.close();
      } finally {
        await fresh.remove();
      }
    });

    test('keeps all of many concurrent records over a restart', async () => {
      const many = Array.from({ length: 200 }, () => answered());
      await Promise.all(many.map(store.record));
      await reopen();
      for (const exchange of many) assert.deepEqual(await store.exchange(exchange.id), exchange);
    });

    test('records a refusal whose sender wrote more than fits', async () => {
      const exchange = refused({ reference: 'x'.repeat(100_000), endUser: '💶'.repeat(500), code: '30001' });
      await store.record(exchange);
      assert.equal((await store.exchange(exchange.id))?.reference, 'x'.repeat(255));
    });

    test('waits for what is being written before it closes, and takes nothing afterwards', async () => {
      const exchange = answered();
      const recorded = store.record(exchange);
      await store.close();
      await recorded;
      await assert.rejects(store.record(answered()), /closed/);
      store = await openStore(database.url, { clock: systemClock, keys });
      assert.deepEqual(await store.exchange(exchange.id), exchange);
    });

    test('rejects every record of a batch that could not be written, and leaves nothing of it', async () => {
      const before = await count(database, 'exchange');
      const twice = answered();
      const batch = [answered(), twice, answered(), { ...twice }, answered()];
      const results = await Promise.allSettled(batch.map(store.record));
      assert.deepEqual(
        results.map(({ status }) => status),
        batch.map(() => 'rejected'),
      );
      assert.equal(await count(database, 'exchange'), before);
      await store.record(answered());
      assert.equal(await count(database, 'exchange'), before + 1);
    });

    test('leaves no exchange without its subjects', async () => {
      const before = await count(database, 'exchange');
      await database.sql('ALTER TABLE exchange_subject RENAME TO elsewhere');
      await assert.rejects(store.record(answered()));
      await database.sql('ALTER TABLE elsewhere RENAME TO exchange_subject');
      assert.equal(await count(database, 'exchange'), before);
      const exchange = answered();
      await store.record(exchange);
      assert.deepEqual(await store.exchange(exchange.id), exchange);
    });
  });
