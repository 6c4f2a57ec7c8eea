import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteRange } from '../../src/exchange/pickup.ts';
import { bytesIn, coversAll, readRanges, withRange, writeRanges } from '../../src/files/byte-ranges.ts';

const range = (from: number, to: number): ByteRange => ({ from, to });
const put = (...ranges: readonly ByteRange[]) => ranges.reduce<readonly ByteRange[]>(withRange, []);

test('puts pieces together in whatever order they were read', () => {
  assert.deepEqual(put(range(0, 9), range(10, 19), range(20, 29)), [range(0, 29)]);
  assert.deepEqual(put(range(20, 29), range(0, 9), range(10, 19)), [range(0, 29)]);
  assert.deepEqual(put(range(0, 9), range(5, 14), range(30, 39)), [range(0, 14), range(30, 39)]);
  assert.equal(bytesIn(put(range(0, 9), range(5, 14))), 15);
});

test('says that a file is whole when no byte of it is missing, and not before', () => {
  assert.equal(coversAll([range(0, 99)], 100), true);
  assert.equal(coversAll([range(50, 99), range(0, 49)], 100), true);
  assert.equal(coversAll([range(0, 48), range(50, 99)], 100), false);
  assert.equal(coversAll([range(1, 99)], 100), false);
  assert.equal(coversAll([range(0, 98)], 100), false);
  assert.equal(coversAll([], 100), false);
  assert.equal(coversAll([], 0), true);
});

test('finds in an event again what was written there, for a file of that size only', () => {
  const told = `afnemer: Publicaties/a.xml ${writeRanges([range(0, 9), range(20, 29)], 30)}`;
  assert.deepEqual(readRanges(told, 30), [range(0, 9), range(20, 29)]);
  assert.deepEqual(readRanges(told, 31), []);
  assert.deepEqual(readRanges('afnemer: Publicaties/a.xml', 30), []);
});
