import { systemClock } from '../../src/exchange/clock.ts';
import { inProcess } from '../../src/queue/in-process.ts';
import { everySecond, queueSuite, quiet } from './queue-suite.ts';

queueSuite(async (steps, patience) =>
  inProcess({ steps, clock: systemClock, next: everySecond, log: quiet, ...(patience ? { patience } : {}) }),
);
