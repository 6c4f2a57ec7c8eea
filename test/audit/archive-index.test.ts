import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksWith, indexMaker } from '../../src/audit/archive-index.ts';

test('finds every block in which a text is, in their order, and none for another', () => {
  const index = indexMaker();
  for (let each = 0; each < 5_000; each++) {
    index.add(`person ${each}`, each % 300);
    if (each % 7 === 0) index.add(`person ${each}`, 16_000_000);
    index.add('person everywhere', each % 300);
  }
  const bytes = index.bytes();
  for (let each = 0; each < 5_000; each++)
    assert.deepEqual(
      blocksWith(`person ${each}`, bytes),
      each % 7 === 0 ? [each % 300, 16_000_000] : [each % 300],
    );
  assert.equal(blocksWith('person everywhere', bytes).length, 300);
  for (let each = 5_000; each < 10_000; each++) assert.deepEqual(blocksWith(`person ${each}`, bytes), []);
  assert.deepEqual(blocksWith('person 1', indexMaker().bytes()), []);
});
