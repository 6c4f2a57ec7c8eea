import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import type { CodeTable } from '../../src/exchange/code-table.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

const row = (sourceCode: string, magdaCode: string, description: string | null = null) => ({
  ...{ sourceCode, magdaCode, description },
});
const table = (name: string, ...codes: CodeTable['codes']): CodeTable => ({ name, source: 'ksz', codes });

export const codesSuite = (database: TestDatabase) =>
  describe('code tables', () => {
    let store: Store;
    before(async () => {
      store = await openStore(database.url, { clock: systemClock, keys });
    });
    after(() => store.close());

    test('looks codes up both ways, letter for letter, and knows no other source', async () => {
      await store.putCodes(table('geslacht', row('M', '1', 'Mannelijk'), row('m', '9'), row('X', '1')));
      const codes = store.codesOf('geslacht', 'ksz');
      assert.deepEqual(codes?.toMagda('M'), row('M', '1', 'Mannelijk'));
      assert.equal(codes?.toMagda('m')?.magdaCode, '9');
      assert.equal(codes?.toMagda('V'), null);
      assert.equal(codes?.toSource('1'), 'M');
      assert.equal(codes?.toSource('7'), null);
      assert.equal(store.codesOf('geslacht', 'rijksregister'), null);
    });

    test('replaces a table as a whole, writes down how it was, and lets other processes see it within a second', async () => {
      const one = table('landen', ...Array.from({ length: 250 }, (_, at) => row(`L${at}`, String(at))));
      const two = table('landen', row('L1', 'een', 'Land & <zee>'), row('L0', 'nul'));
      const other = await openStore(database.url, { clock: systemClock, keys });
      try {
        await store.apply([{ kind: 'codes', before: null, after: one }], 'an');
        assert.equal(store.codesOf('landen', 'ksz')?.toMagda('L249')?.magdaCode, '249');
        await store.apply([{ kind: 'codes', before: one, after: two }], 'an');
        assert.deepEqual(
          (await store.image('none')).codes.find(({ name }) => name === 'landen'),
          two,
        );
        const until = Date.now() + 1000;
        while (other.codesOf('landen', 'ksz')?.toSource('een') !== 'L1' && Date.now() < until)
          await pause(20);
        assert.equal(other.codesOf('landen', 'ksz')?.toMagda('L249'), null);
        assert.equal(other.codesOf('landen', 'ksz')?.toSource('een'), 'L1');
        const [change] = await store.changes({ kind: 'codes', limit: 1 });
        assert.deepEqual(
          [change?.name, change?.who, change?.before, change?.after],
          [...['landen of ksz', 'an', one, two]],
        );
      } finally {
        await other.close();
      }
    });

    test('changes nothing when somebody else changed the table meanwhile, or it has a code twice', async () => {
      const was = table('talen', row('N', 'nl'));
      await store.putCodes(was);
      const stale = { kind: 'codes' as const, before: table('talen', row('F', 'fr')), after: null };
      await assert.rejects(store.apply([stale], 'an'), /changed by somebody else/);
      const twice = table('talen', row('N', 'nl'), row('N', 'fr'));
      await assert.rejects(store.apply([{ kind: 'codes', before: was, after: twice }], 'an'));
      assert.deepEqual(
        (await store.image('none')).codes.find(({ name }) => name === 'talen'),
        was,
      );
      await store.apply([{ kind: 'codes', before: was, after: null }], 'an');
      assert.equal(store.codesOf('talen', 'ksz'), null);
    });
  });
