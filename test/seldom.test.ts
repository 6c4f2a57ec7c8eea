import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seldom } from '../src/seldom.ts';

test('works again at once while there is more, after a while when there was nothing, and sooner after a failure', async () => {
  const signal = new AbortController().signal;
  let time = 0;
  const done: number[] = [];
  let next: () => boolean = () => true;
  const turn = seldom(
    async () => {
      done.push(time);
      return next();
    },
    { quiet: 100, afterFailure: 10, now: () => time },
  );
  const until = async (end: number) => {
    for (; time < end; time += 1) await turn(signal).catch(() => {});
  };
  await until(2);
  next = () => false;
  await until(150);
  next = () => {
    throw new Error('the disk is full');
  };
  await until(215);
  assert.deepEqual(done, [0, 1, 2, 102, 202, 212]);
});
