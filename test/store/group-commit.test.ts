import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { groupCommit } from '../../src/store/group-commit.ts';

/** A disk that takes its time, and keeps what it was given in which commit. */
const slowDisk = () => {
  const commits: number[][] = [];
  let atOnce = 0;
  const insert = async (rows: readonly number[]) => {
    assert.equal(++atOnce, 1);
    await pause(5);
    atOnce--;
    if (rows.includes(13)) throw new Error('disk full');
    commits.push([...rows]);
  };
  return { commits, insert };
};

test('lets 32 concurrent rows share one commit', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 128);
  await Promise.all(Array.from({ length: 32 }, (_, row) => add(row + 100)));
  assert.equal(commits.length, 1);
  assert.equal(commits[0]?.length, 32);
});

test('takes what arrives while a commit runs into the next one', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 128);
  const first = add(1);
  await pause(1);
  const later = [add(2), add(3)];
  await first;
  assert.deepEqual(commits, [[1]]);
  await Promise.all(later);
  assert.deepEqual(commits, [[1], [2, 3]]);
});

test('makes no batch larger than the largest', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 2);
  await Promise.all([1, 2, 3].map(add));
  assert.deepEqual(commits, [[1, 2], [3]]);
});

test('resolves a row only when its commit is over', async () => {
  let isWritten = false;
  const { add } = groupCommit(async () => {
    await pause(10);
    isWritten = true;
  }, 128);
  await add(1);
  assert.equal(isWritten, true);
});

test('rejects all rows of a failed commit with its cause, and goes on with the next', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 128);
  const results = await Promise.allSettled([add(12), add(13)]);
  assert.deepEqual(
    results.map((result) => result.status === 'rejected' && String(result.reason)),
    ['Error: disk full', 'Error: disk full'],
  );
  await add(14);
  assert.deepEqual(commits, [[14]]);
});

test('waits for rows that are known to be on their way, and commits as soon as they are there', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 128, 60_000);
  const first = add(1, 3);
  await pause(1);
  const second = add(2, 3);
  await pause(1);
  const third = add(3, 3);
  await Promise.all([first, second, third]);
  assert.deepEqual(commits, [[1, 2, 3]]);
});

test('does not wait for long, and not at all when nothing else is on its way', async () => {
  const { commits, insert } = slowDisk();
  const { add } = groupCommit(insert, 128);
  await add(1, 2);
  await add(2, 1);
  assert.deepEqual(commits, [[1], [2]]);
});

test('waits for nobody once it is told to close', async () => {
  const { commits, insert } = slowDisk();
  const { add, close } = groupCommit(insert, 128, 60_000);
  const row = add(1, 100);
  await close();
  await row;
  assert.deepEqual(commits, [[1]]);
});
