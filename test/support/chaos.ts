import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { NewMutation } from '../../src/exchange/subscription.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { random } from '../publication/random.ts';
import { subscriberFetch } from './chaos-files.ts';
import { judge, type Verdict } from './chaos-verdict.ts';
import { fillWorld, tell } from './chaos-world.ts';
import type { Mariadb } from './mariadb.ts';
import { ROOT } from './program.ts';
import type { OwnRedis } from './redis.ts';

export type Chaos = {
  readonly seed: number;
  readonly mutations: number;
  readonly batch: number;
  readonly subscribers: number;
  readonly subjects: number;
  /** Of all subjects, that a subscriber has registered. */
  readonly share: number;
  readonly workers: number;
  /** Milliseconds from one batch to the next. */
  readonly tellEvery: number;
  /** Milliseconds from one killed worker to the next. */
  readonly killEvery: number;
  /** Milliseconds from one closing of all batches to the next. */
  readonly closeEvery: number;
  /** What else happens, once each, spread evenly over the time in which mutations come in. */
  readonly disasters: readonly Disaster[];
};

export type Disaster = { readonly name: string; readonly strike: () => Promise<void> };

export type Ground = { readonly mariadb: Mariadb; readonly redis: OwnRedis; readonly folder: string };

export type Outcome = Verdict & {
  readonly kills: number;
  /** How many workers were killed while a job of this step was under way. */
  readonly killedDuring: Readonly<Record<string, number>>;
  readonly retried: number;
};

const STEPS = ['close', 'write', 'notify', 'expire', 'sweep'];

/** Tells mutations to a bus of several workers, kills those and what they stand on, and judges what came of it. */
export async function wreak(chaos: Chaos, ground: Ground, say: (line: string) => void): Promise<Outcome> {
  const url = await ground.mariadb.createDatabase('chaos');
  const store = await openStore(url, { clock: { now: () => new Date() } });
  const redis = new Redis(ground.redis.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  redis.on('error', () => {});
  const { chance, below } = random(chaos.seed);
  const crew = await hire(chaos.workers, url, ground);
  try {
    const world = await fillWorld(store, chaos, { chance });
    say(`${world.subscribers.length} subscriptions; workers begin to die`);
    const state = { over: false };
    const closing = every(chaos.closeEvery, state, () => closeAll(ground.mariadb, url));
    const killedDuring: Record<string, number> = {};
    const killing = every(chaos.killEvery, state, async () => {
      for (const step of await underWay(redis)) killedDuring[step] = (killedDuring[step] ?? 0) + 1;
      await crew.replace(below(chaos.workers));
    });
    const told = await tellAll(store, chaos, world.author, say);
    state.over = true;
    await Promise.all([closing, killing]);
    say(`${told.length} mutations told, ${crew.kills()} workers killed`);
    await closeAll(ground.mariadb, url);
    const retried = await settle(store, say);
    await crew.dismiss();
    const fetch = subscriberFetch(readFileSync(join(ground.folder, 'demo', 'ca.crt.pem'), 'utf8'));
    const verdict = await judge(store, join(ground.folder, 'files'), told, world.subscribers, fetch);
    return { ...verdict, kills: crew.kills(), killedDuring, retried };
  } finally {
    await crew.dismiss();
    redis.disconnect();
    await store.close();
  }
}

async function tellAll(
  store: Store,
  { mutations, batch, subjects, disasters, tellEvery }: Chaos,
  author: number,
  say: (line: string) => void,
): Promise<readonly NewMutation[]> {
  const told: NewMutation[] = [];
  const due = disasters.map((disaster, index) => ({
    disaster,
    after: ((index + 1) * mutations) / (disasters.length + 1),
  }));
  let striking: Promise<void> = Promise.resolve();
  for (let from = 0; from < mutations; from += batch) {
    const some = Array.from({ length: Math.min(batch, mutations - from) }, (_, index) =>
      tell((from + index) % subjects),
    );
    await untilTold(store, some, author);
    told.push(...some);
    await pause(tellEvery);
    const next = due[0];
    if (!next || told.length < next.after) continue;
    due.shift();
    await striking;
    say(`${told.length} told: ${next.disaster.name}`);
    striking = next.disaster.strike();
  }
  await striking;
  return told;
}

/** A source that is not answered tells the same again. */
async function untilTold(store: Store, batch: readonly NewMutation[], author: number): Promise<void> {
  for (const until = Date.now() + 120_000; ; await pause(200)) {
    try {
      await store.acceptMutations(batch, author);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

/** Makes the moment of every subscription come now. */
const closeAll = (mariadb: Mariadb, url: string) =>
  mariadb.sql(url, 'UPDATE subscription SET next_run_at = UTC_TIMESTAMP(3)');

async function underWay(redis: Redis): Promise<readonly string[]> {
  const found: string[] = [];
  for (const step of STEPS) if ((await redis.llen(`kruispunt:${step}:active`)) > 0) found.push(step);
  return found;
}

/** What fails meanwhile (the server is down) is tried again the next time. */
async function every(
  ms: number,
  state: { readonly over: boolean },
  act: () => Promise<unknown>,
): Promise<void> {
  while (!state.over) {
    await pause(ms);
    await act().catch(() => {});
  }
}

/** Until nothing is left to do; what failed for good is tried again, as an operator would. Says how many those were. */
async function settle(store: Store, say: (line: string) => void): Promise<number> {
  let retried = 0;
  for (const until = Date.now() + 600_000; ; await pause(500)) {
    for (const { id } of await store.filesIn('failed', 1_000)) {
      await store.markClosed(id);
      retried += 1;
    }
    const { files } = await store.publicationFigures();
    const closed = files.find(({ state }) => state === 'closed')?.count ?? 0;
    const due = (await store.dueSubscriptions(new Date())).length;
    const untold = (await store.unannouncedFiles(new Date(0), 1)).length;
    if (closed + due + untold === 0) return retried;
    if (Date.now() < until) continue;
    say(JSON.stringify({ closed, due, untold }));
    throw new Error('it does not settle');
  }
}

/** Workers that are replaced as soon as they were killed. */
async function hire(count: number, url: string, { redis, folder }: Ground) {
  const crew: ChildProcess[] = [];
  let kills = 0;
  const said: string[] = [];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'work'], {
      cwd: ROOT,
      env: {
        ...{ PATH: process.env.PATH, KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: url },
        ...{ KRUISPUNT_REDIS_URL: redis.url, KRUISPUNT_DEMO: '1', KRUISPUNT_SWEEP_SECONDS: '1' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said.push(text);
        said.splice(0, said.length - 50);
      });
    return child;
  };
  process.once('exit', () => {
    for (const child of crew) child.kill('SIGKILL');
  });
  // The first makes the keys that all sign with.
  const first = await start();
  crew.push(first);
  for (const until = Date.now() + 60_000; !said.join('').includes('"working"'); await pause(50))
    if (Date.now() > until || first.exitCode !== null) throw new Error(`no worker starts: ${said.join('')}`);
  for (let index = 1; index < count; index++) crew.push(await start());
  const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const over = once(child, 'exit');
    child.kill(signal);
    await over;
  };
  return {
    kills: () => kills,
    replace: async (index: number) => {
      await end(crew[index], 'SIGKILL');
      kills += 1;
      crew[index] = await start();
    },
    dismiss: () => Promise.all(crew.map((child) => end(child, 'SIGTERM'))),
  };
}
