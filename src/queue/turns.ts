import type { Clock } from '../exchange/clock.ts';
import type { TakeTurn } from '../exchange/controls.ts';
import type { RedisLog } from './redis.ts';

/** After Redis failed it is left alone for so many milliseconds: no question waits for what does not answer. */
const LEFT_ALONE = 1_000;

/**
 * Counts where all see it, and in this machine's own processes while that cannot be done: a limit is then kept by each
 * machine for itself, and nobody is refused because of Redis. Told once, until it works again.
 */
export function turnsOrElse(shared: TakeTurn, own: TakeTurn, clock: Clock, log: RedisLog): TakeTurn {
  let leftAloneUntil = 0;
  let away = false;
  return async (key, limit, at) => {
    const now = clock.now().getTime();
    if (now < leftAloneUntil) return own(key, limit, at);
    try {
      const taken = await shared(key, limit, at);
      if (away) log.info({}, 'throttling counts in Redis again');
      away = false;
      return taken;
    } catch (err) {
      if (!away) log.warn({ err }, 'throttling counts without Redis, each machine for itself');
      away = true;
      leftAloneUntil = now + LEFT_ALONE;
      return own(key, limit, at);
    }
  };
}
