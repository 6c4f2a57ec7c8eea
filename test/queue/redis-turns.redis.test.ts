import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis } from '../../src/queue/redis.ts';
import { redisTurns } from '../../src/queue/redis-turns.ts';

const url = process.env.KRUISPUNT_TEST_REDIS_URL;
if (!url)
  throw new Error('KRUISPUNT_TEST_REDIS_URL names no server: start these tests with node test/run.ts');

const quiet = { warn: () => {}, info: () => {} };
const open = async (address: string) => {
  const redis = connectRedis(address, quiet);
  after(redis.close);
  if (!redis.isUp()) await once(redis.client, 'ready');
  return redis;
};
const prefix = `test:${randomUUID()}:`;
const now = new Date();

test('lets exactly the limit through, however many connections ask at once', async () => {
  const turns = await Promise.all(
    [1, 2, 3, 4].map(async () => redisTurns(await open(url), randomUUID, prefix)),
  );
  const limit = { max: 25, within: 60_000 };
  const taken = await Promise.all(
    Array.from({ length: 200 }, (_, at) => turns[at % 4]?.('busy', limit, now)),
  );
  assert.equal(taken.filter((each) => each === true).length, 25);
  assert.equal(await turns[0]?.('other', limit, now), true);
});

test('lets through again as soon as the first is over, and leaves nothing of a key that is silent', async () => {
  const redis = await open(url);
  const take = redisTurns(redis, randomUUID, prefix);
  const limit = { max: 2, within: 300 };
  assert.deepEqual([await take('k', limit, now), await take('k', limit, now)], [true, true]);
  assert.equal(await take('k', limit, now), false);
  await pause(320);
  assert.equal(await take('k', limit, now), true);
  await pause(320);
  assert.equal(await redis.client.exists(`${prefix}k`), 0);
});

test('fails at once where there is no Redis, and says so once', async () => {
  const said: string[] = [];
  const away = connectRedis('redis://127.0.0.1:1', { ...quiet, warn: (_, message) => said.push(message) });
  after(away.close);
  const take = redisTurns(away, randomUUID, prefix);
  const began = performance.now();
  for (let times = 0; times < 3; times++) await assert.rejects(take('k', { max: 1, within: 1 }, now));
  assert.ok(performance.now() - began < 200);
  await pause(500);
  assert.deepEqual(said, ['Redis cannot be reached; trying on']);
});
