/**
 * `node bench/publishing-chaos.ts [--mutations N] [--subscribers N] [--seed N]`: mutations for many subscribers while
 * workers are killed at every step, Redis is emptied and killed, MariaDB is killed, and the disk is full once. A third of
 * the subscribers fetch their files as they come, which are then taken away, and some of them issued again. In the end
 * everything that lies on the disk, or was fetched from it, is held against everything that was told. Needs mariadbd and
 * redis-server on the PATH; fills a disk of its own where it may mount one, and says so where it may not.
 */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { type Disaster, wreak } from '../test/support/chaos.ts';
import { startMariadb } from '../test/support/mariadb.ts';
import { temporaryFolder } from '../test/support/program.ts';
import { startRedis } from '../test/support/redis.ts';

const number = { type: 'string' } as const;
const { values } = parseArgs({ options: { mutations: number, subscribers: number, seed: number } });
const mutations = Number(values.mutations ?? 50_000);
const subscribers = Number(values.subscribers ?? 200);
const seed = Number(values.seed ?? randomInt(2 ** 31));
const began = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);

const mariadb = await startMariadb();
const redis = await startRedis();
const folder = temporaryFolder();
const files = join(folder, 'files');
const mounted = mountDisk();

const disasters: readonly Disaster[] = [
  {
    name: 'Redis is emptied',
    strike: async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
    },
  },
  { name: 'the disk is full for ten seconds', strike: fillDisk },
  {
    name: 'Redis is killed, and comes back empty after five seconds',
    strike: async () => {
      await redis.stop('SIGKILL');
      await pause(5_000);
      await redis.start();
    },
  },
  {
    name: 'MariaDB is killed, and comes back after five seconds',
    strike: async () => {
      await mariadb.stop('SIGKILL');
      await pause(5_000);
      await mariadb.start();
    },
  },
];

try {
  say(
    `seed ${seed}, ${mutations} mutations, ${subscribers} subscribers, ${mounted ? 'a' : 'no'} disk to fill`,
  );
  const outcome = await wreak(
    {
      ...{ seed, mutations, subscribers, batch: 100, subjects: 1_000, share: 0.03, workers: 3 },
      ...{ tellEvery: 150, killEvery: 2_000, closeEvery: 5_000, collectEvery: 500 },
      afterwards: ['expire', 'write', 'expire', 'notify'],
      disasters: disasters.filter((each) => mounted || each.strike !== fillDisk),
    },
    { mariadb, redis, folder },
    say,
  );
  say(JSON.stringify(outcome));
  say(
    'each pair of a mutation and an entitled subscriber is in exactly one file; no gaps; every voucher is right',
  );
} finally {
  if (mounted) execFileSync('umount', ['-l', files]);
  await redis.remove();
  await mariadb.remove();
}

/** A disk of its own size below the folder, which may then be filled without harm to any other. */
function mountDisk(): boolean {
  mkdirSync(files, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2g', 'tmpfs', files], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function fillDisk(): Promise<void> {
  const ballast = join(files, 'ballast');
  for (let index = 0; free() > 0; index++) {
    try {
      writeFileSync(`${ballast}-${index}`, Buffer.alloc(Math.min(free(), 64 * 1024 * 1024)));
    } catch {
      break;
    }
  }
  await pause(10_000);
  for (let index = 0; existsSync(`${ballast}-${index}`); index++) rmSync(`${ballast}-${index}`);
}

function free(): number {
  const { bavail, bsize } = statfsSync(files);
  return bavail * bsize;
}
