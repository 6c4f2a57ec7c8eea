import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { wreak } from '../support/chaos.ts';
import { demoFolderBesideServer } from '../support/demo-world.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startRedis } from '../support/redis.ts';

const mariadb = await startMariadb();
const redis = await startRedis();
after(async () => {
  await redis.remove();
  await mariadb.remove();
});

const seed = randomInt(2 ** 31);

test(`nothing is lost and nothing comes twice while workers, Redis and the database are killed (seed ${seed})`, async (t) => {
  const ground = { mariadb, redis, folder: demoFolderBesideServer() };
  const empty = async () => {
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  };
  const outcome = await wreak(
    {
      ...{ seed, mutations: 1_000, batch: 20, subscribers: 20, subjects: 100, share: 0.2 },
      ...{ workers: 2, tellEvery: 100, killEvery: 2_000, closeEvery: 1_000, collectEvery: 200 },
      afterwards: ['expire'],
      disasters: [
        { name: 'Redis is emptied', strike: empty },
        {
          name: 'Redis is killed and comes back empty',
          strike: async () => {
            await redis.stop('SIGKILL');
            await pause(500);
            await redis.start();
          },
        },
        {
          name: 'MariaDB is killed and comes back',
          strike: async () => {
            await mariadb.stop('SIGKILL');
            await mariadb.start();
          },
        },
      ],
    },
    ground,
    (line) => t.diagnostic(line),
  );
  t.diagnostic(JSON.stringify(outcome));
  assert.ok(outcome.kills > 0 && outcome.pairs > 2_500 && outcome.expired > 0);
});
