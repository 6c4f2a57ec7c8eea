import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilNotUndone } from '../../src/store/mysql-undone.ts';

const failing = (times: number, error: Error) => {
  let calls = 0;
  return {
    calls: () => calls,
    transaction: async () => {
      calls += 1;
      if (calls <= times) throw error;
      return 'done';
    },
  };
};
const deadlock = Object.assign(new Error('Deadlock found when trying to get lock'), {
  code: 'ER_LOCK_DEADLOCK',
});

test('a transaction that the server undid to break a deadlock is tried again', async () => {
  for (const error of [deadlock, Object.assign(new Error('failed'), { driverError: deadlock })]) {
    const { transaction, calls } = failing(2, error);
    assert.equal(await untilNotUndone(transaction), 'done');
    assert.equal(calls(), 3);
  }
});

test('one that keeps being undone fails in the end, with the reason', async () => {
  const { transaction, calls } = failing(Number.POSITIVE_INFINITY, deadlock);
  await assert.rejects(untilNotUndone(transaction), /Deadlock found/);
  assert.equal(calls(), 8);
});

test('any other failure is not tried again', async () => {
  const lost = Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST' });
  const { transaction, calls } = failing(1, lost);
  await assert.rejects(untilNotUndone(transaction), /gone/);
  assert.equal(calls(), 1);
});
