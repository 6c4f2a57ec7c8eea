import cluster from 'node:cluster';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { TakeTurn } from './exchange/controls.ts';
import type { Dependency } from './http/health.ts';
import { connectRedis } from './queue/redis.ts';
import { redisTurns } from './queue/redis-turns.ts';
import { slidingWindows } from './queue/sliding-windows.ts';
import { turnsOrElse } from './queue/turns.ts';
import { askPrimaryForTurns } from './queue/worker-turns.ts';

/** Where questions are counted: in Redis for all machines, else in this process or in the primary of the workers. */
export function openThrottling(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  log: Logger,
): {
  readonly takeTurn: TakeTurn;
  readonly dependencies: readonly Dependency[];
  readonly close: () => Promise<void>;
} {
  const own = cluster.isWorker ? askPrimaryForTurns() : inThisProcess();
  if (redisUrl === null) return { takeTurn: own, dependencies: [], close: async () => {} };
  const redis = connectRedis(redisUrl, log);
  return {
    takeTurn: turnsOrElse(redisTurns(redis, randomUUID), own, systemClock, log),
    dependencies: [{ name: 'redis', check: redis.ping, needed: false }],
    close: redis.close,
  };
}

function inThisProcess(): TakeTurn {
  const { take } = slidingWindows();
  return async (key, limit, at) => take(key, limit, at);
}
