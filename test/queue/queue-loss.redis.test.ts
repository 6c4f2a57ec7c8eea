import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { systemClock } from '../../src/exchange/clock.ts';
import { bullQueue } from '../../src/queue/bull.ts';
import type { Step } from '../../src/queue/queue.ts';
import { startRedis } from '../support/redis.ts';
import { everySecond, quiet, step, until } from './queue-suite.ts';

const redis = await startRedis();
after(redis.remove);
const prefix = `test-${randomUUID()}`;
const at = { clock: systemClock, url: redis.url, next: everySecond, log: quiet, prefix };

async function open(steps: readonly Step[], patience = 15_000) {
  const queue = bullQueue({ ...at, steps, patience });
  await reached(queue);
  return queue;
}

async function reached(queue: { readonly ping: () => Promise<void> }) {
  for (let up = false; !up; await pause(20))
    up = await queue.ping().then(
      () => true,
      () => false,
    );
}

const moments = [{ id: '1', cron: '* * * * *', timeZone: 'Europe/Brussels' }];

test('works on after Redis was emptied, and brings the moments back when they are kept again', async () => {
  const done: string[] = [];
  const queue = await open([step('close', { run: async (id) => void done.push(id) })]);
  const client = new Redis(redis.url);
  queue.work();
  await queue.keepMoments('close', moments);
  await until(() => done.length > 0);
  await client.flushall();
  await pause(1_200);
  const before = done.length;
  await queue.add('close', '9');
  await until(() => done.includes('9'));
  await queue.keepMoments('close', moments);
  await until(() => done.filter((id) => id === '1').length > before);
  client.disconnect();
  await queue.close();
});

test('works on after Redis was killed and came back empty, and rejects at once meanwhile', async () => {
  const done: string[] = [];
  const queue = await open([step('write', { run: async (id) => void done.push(id) })]);
  queue.work();
  await queue.add('write', '1');
  await until(() => done.length === 1);
  await redis.stop('SIGKILL');
  await pause(100);
  const began = performance.now();
  await assert.rejects(queue.add('write', '2'));
  await assert.rejects(queue.keepMoments('write', moments));
  assert.ok(performance.now() - began < 500);
  await pause(1_000);
  await redis.start();
  await reached(queue);
  await queue.add('write', '3');
  await until(() => done.includes('3'));
  await queue.close();
});

test('does by another process what a killed one had taken on', async () => {
  const dying = spawn(process.execPath, ['test/queue/dying-worker.ts', redis.url, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const done: string[] = [];
  const queue = await open([step('write', { run: async (id) => void done.push(id) })]);
  const taken = once(dying.stdout, 'data');
  await queue.add('write', '5');
  await taken;
  queue.work();
  await pause(300);
  assert.equal(done.length, 0);
  const over = once(dying, 'exit');
  dying.kill('SIGKILL');
  await over;
  await until(() => done.includes('5'));
  await queue.close();
});

test('closes although Redis is away', async () => {
  const queue = await open([step('write', {})], 500);
  queue.work();
  await pause(200);
  await redis.stop('SIGKILL');
  const began = performance.now();
  await queue.close();
  assert.ok(performance.now() - began < 5_000);
  await redis.start();
});

test('keeps ids and nothing else in Redis, and nothing of what is done', async () => {
  const queue = await open([step('write', {})]);
  const client = new Redis(redis.url);
  await client.flushall();
  await queue.add('write', '12');
  assert.equal(await client.hget(`${prefix}:write:write-12`, 'data'), '{"id":"12"}');
  queue.work();
  for (let left = 1; left > 0; await pause(20)) left = await client.exists(`${prefix}:write:write-12`);
  client.disconnect();
  await queue.close();
});
