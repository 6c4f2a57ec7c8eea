import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, newFolder, type OwnServer, programOf, startServer } from './own-server.ts';

/** A Redis that a test may empty, take down and bring back, which the one that all tests share must never be. */
export type OwnRedis = OwnServer & { readonly url: string };

/** Starts a Redis of the caller's own, reachable from this machine only, that writes nothing to disk. */
export async function startRedis(): Promise<OwnRedis> {
  const program = programOf('redis-server');
  const folder = newFolder('redis');
  const [config, log] = [join(folder, 'redis.conf'), join(folder, 'log')];
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')];
  const settings = [
    ...['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${folder}`, `logfile ${log}`],
    ...['save ""', 'appendonly no'],
  ];
  writeFileSync(config, `${settings.join('\n')}\n`, { mode: 0o600 });
  const isUp = async () => existsSync(log) && readFileSync(log, 'utf8').includes('Ready to accept');
  const server = await startServer({ name: 'Redis', folder, program, args: [config], log, isUp });
  return { ...server, url: `redis://:${password}@127.0.0.1:${port}` };
}
