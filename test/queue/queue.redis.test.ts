import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { bullQueue } from '../../src/queue/bull.ts';
import { everySecond, queueSuite, quiet } from './queue-suite.ts';

const url = process.env.KRUISPUNT_TEST_REDIS_URL;
if (!url)
  throw new Error('KRUISPUNT_TEST_REDIS_URL names no server: start these tests with node test/run.ts');

queueSuite(async (steps, patience) => {
  const queue = bullQueue({
    ...{ steps, clock: systemClock, url, next: everySecond, log: quiet },
    prefix: `test-${randomUUID()}`,
    ...(patience ? { patience } : {}),
  });
  for (let up = false; !up; await pause(20))
    up = await queue.ping().then(
      () => true,
      () => false,
    );
  return queue;
});
