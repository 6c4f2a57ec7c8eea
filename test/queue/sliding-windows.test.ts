import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slidingWindows } from '../../src/queue/sliding-windows.ts';

const at = (ms: number) => new Date(1_800_000_000_000 + ms);

test('lets no more through than the limit in any stretch of time, and exactly as many', () => {
  const { take } = slidingWindows();
  const limit = { max: 3, within: 100 };
  const taken: number[] = [];
  for (let ms = 0; ms < 5_000; ms += 7) if (take('a', limit, at(ms))) taken.push(ms);
  taken.forEach((ms, index) => {
    const fourth = taken[index + 3];
    assert.ok(fourth === undefined || fourth - ms >= limit.within, `${ms} to ${fourth}`);
  });
  // Whenever one was refused, the stretch before it was full: the first after each is the earliest there can be.
  assert.deepEqual(taken.slice(0, 6), [0, 7, 14, 105, 112, 119]);
});

test('does not count what it refused, and counts each key for itself', () => {
  const { take } = slidingWindows();
  const limit = { max: 1, within: 100 };
  assert.equal(take('a', limit, at(0)), true);
  for (let ms = 1; ms < 100; ms++) assert.equal(take('a', limit, at(ms)), false);
  assert.equal(take('a', limit, at(100)), true);
  assert.equal(take('b', limit, at(100)), true);
});

test('keeps what it holds within bounds', () => {
  const { take, size } = slidingWindows();
  for (let key = 0; key < 10_000; key++) take(String(key), { max: 5, within: 100 }, at(key));
  assert.ok(size() <= 101, String(size()));
  for (let ms = 0; ms < 100_000; ms++) take('busy', { max: 10, within: 50 }, at(20_000 + ms));
  assert.equal(size(), 1);
});

test('holds when the clock is set back', () => {
  const { take } = slidingWindows();
  const limit = { max: 2, within: 100 };
  assert.deepEqual([take('a', limit, at(1_000)), take('a', limit, at(500))], [true, true]);
  assert.equal(take('a', limit, at(501)), false);
  assert.equal(take('a', limit, at(1_100)), true);
});
