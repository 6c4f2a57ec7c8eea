import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnsOrElse } from '../../src/queue/turns.ts';

const limit = { max: 1, within: 1000 };

test('counts by itself while Redis is away, says so once, and does not keep asking it', async () => {
  let now = 1_800_000_000_000;
  let away = true;
  let asked = 0;
  const said: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  const turn = turnsOrElse(
    async () => {
      asked++;
      if (away) throw new Error('gone');
      return true;
    },
    async () => false,
    { now: () => new Date(now) },
    { warn: say, info: say },
  );
  const take = () => turn('a', limit, new Date(now));
  assert.deepEqual([await take(), await take(), await take()], [false, false, false]);
  assert.equal(asked, 1);
  now += 1_001;
  assert.equal(await take(), false);
  assert.equal(said.length, 1);
  away = false;
  assert.equal(await take(), false);
  now += 1_001;
  assert.deepEqual([await take(), await take()], [true, true]);
  assert.deepEqual(said, [
    'throttling counts without Redis, each machine for itself',
    'throttling counts in Redis again',
  ]);
});
