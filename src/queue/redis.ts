import { Redis } from 'ioredis';

/** Where trouble is told; pino's logger fits. */
export type RedisLog = {
  readonly warn: (fields: object, message: string) => void;
  readonly info: (fields: object, message: string) => void;
};

export type RedisConnection = {
  /** Rejects at once while there is no connection: nothing is kept waiting for one. */
  readonly client: Redis;
  readonly isUp: () => boolean;
  /** Rejects when it does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

// A question waits for it: longer than a busy Redis on the same network takes, shorter than anyone notices.
const COMMAND_WITHIN = 250;
const CONNECT_WITHIN = 2_000;
const LONGEST_PAUSE = 2_000;

/** Connects, and connects again whenever that is lost. What goes wrong is told once until it works again. */
export function connectRedis(url: string, log: RedisLog): RedisConnection {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_WITHIN,
    connectTimeout: CONNECT_WITHIN,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_PAUSE),
  });
  let told = false;
  const lost = (err: unknown) => {
    if (!told) log.warn({ err }, 'Redis cannot be reached; trying on');
    told = true;
  };
  client.on('error', lost);
  client.on('close', () => lost(new Error('the connection was closed')));
  client.on('ready', () => {
    if (told) log.info({}, 'Redis is reached again');
    told = false;
  });
  return {
    client,
    isUp: () => client.status === 'ready',
    ping: async () => void (await client.ping()),
    close: async () => {
      told = true;
      client.disconnect();
    },
  };
}
