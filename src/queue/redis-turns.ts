import type { TakeTurn } from '../exchange/controls.ts';
import type { RedisConnection } from './redis.ts';

const PREFIX = 'kruispunt:throttle:';

/**
 * One sliding window a key, by Redis's own clock, since the clocks of several machines differ: those who ask at once
 * are counted one after the other. What is out of date goes with the next question, a silent key by itself.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** Counts in Redis, for all processes on all machines together; rejects when Redis does not answer. */
export function redisTurns(
  { client }: Pick<RedisConnection, 'client'>,
  randomId: () => string,
  prefix = PREFIX,
): TakeTurn {
  return async (key, { max, within }) => {
    const taken = await client.eval(TAKE, 1, `${prefix}${key}`, max, within, randomId());
    return taken === 1;
  };
}
