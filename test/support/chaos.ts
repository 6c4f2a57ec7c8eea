import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { NewMutation } from '../../src/exchange/subscription.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { random } from '../publication/random.ts';
import { collector } from './chaos-collector.ts';
import { type Held, hire, killDuring } from './chaos-crew.ts';
import { subscriberFetch } from './chaos-files.ts';
import { judge, type Verdict } from './chaos-verdict.ts';
import { fillWorld, tell } from './chaos-world.ts';
import type { Mariadb } from './mariadb.ts';
import type { OwnRedis } from './redis.ts';
import { keyFileIn, keys } from './subject-keys.ts';

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
  /** Milliseconds from one look of the subscribers at what lies ready to the next. */
  readonly collectEvery: number;
  /** Steps in which all workers are killed when all was told, each after subscribers have fetched what there is. */
  readonly afterwards: readonly string[];
  /** What else happens, once each, spread evenly over the time in which mutations come in. */
  readonly disasters: readonly Disaster[];
};

export type Disaster = { readonly name: string; readonly strike: () => Promise<void> };

export type Ground = { readonly mariadb: Mariadb; readonly redis: OwnRedis; readonly folder: string };

export type Outcome = Verdict & {
  readonly kills: number;
  /** How many jobs of each step were under way when all workers were killed at once. */
  readonly diedDuring: Readonly<Record<string, number>>;
  /** Files that were asked for again after they had been taken away. */
  readonly reissued: number;
  readonly retried: number;
};

const DAY = 86_400_000;
const STEPS = ['close', 'write', 'notify', 'expire', 'sweep'];

/** Tells mutations to a bus of several workers, kills those and what they stand on, and judges what came of it. */
export async function wreak(chaos: Chaos, ground: Ground, say: (line: string) => void): Promise<Outcome> {
  const { mariadb, folder } = ground;
  const url = await mariadb.createDatabase('chaos');
  const store = await openStore(url, { clock: { now: () => new Date() }, keys });
  const redis = new Redis(ground.redis.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false });
  redis.on('error', () => {});
  const dice = random(chaos.seed);
  const crew = await hire(chaos.workers, {
    ...{ KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: url, KRUISPUNT_REDIS_URL: ground.redis.url },
    ...{ KRUISPUNT_DEMO: '1', KRUISPUNT_SWEEP_SECONDS: '1', KRUISPUNT_AUDIT_KEYS: keyFileIn(folder) },
  });
  try {
    const world = await fillWorld(store, chaos, dice);
    const root = join(folder, 'files');
    const fetch = subscriberFetch(readFileSync(join(folder, 'demo', 'ca.crt.pem'), 'utf8'));
    const outdate = (id: number) =>
      mariadb.sql(url, `UPDATE publication_file SET expires_at = UTC_TIMESTAMP(3) WHERE id = ${id}`);
    const subscribers = collector({ store, root, fetch, chance: dice.chance, outdate }, world.subscribers);
    say(`${world.subscribers.length} subscriptions; workers begin to die`);
    const state = { over: false };
    const during: Record<string, number> = {};
    const seen = new Set<string>();
    const count = (held: readonly Held[]) => {
      for (const { step, attempt } of held) {
        if (!seen.has(attempt)) during[step] = (during[step] ?? 0) + 1;
        seen.add(attempt);
      }
    };
    const all = Array.from({ length: chaos.workers }, (_, index) => index);
    const goesOn = Promise.all([
      every(chaos.closeEvery, state, () => closeAll(mariadb, url)),
      every(chaos.collectEvery, state, subscribers.collect),
      every(chaos.killEvery, state, async () => {
        const step = STEPS[dice.below(STEPS.length)] ?? 'sweep';
        const atOnce = dice.chance(0.5);
        const indices = atOnce ? all : [dice.below(chaos.workers)];
        const held = await killDuring(step, STEPS, { crew, redis, indices });
        if (atOnce) count(held);
      }),
    ]);
    const told = await tellAll(store, chaos, world.author, say);
    state.over = true;
    await goesOn;
    say(`${told.length} mutations told, ${crew.kills()} workers killed`);
    await closeAll(mariadb, url);
    let retried = await settle(store, say);
    for (const step of chaos.afterwards) {
      await subscribers.collect();
      count(await killDuring(step, STEPS, { crew, redis, indices: all }));
      retried += await settle(store, say);
    }
    await crew.dismiss();
    assert.deepEqual(subscribers.wrong, [], 'what was not right when it was fetched');
    const disk = { root, fetch, fetched: subscribers.fetched };
    const verdict = await judge(store, disk, told, world.subscribers);
    return { ...verdict, ...subscribers.figures(), kills: crew.kills(), diedDuring: during, retried };
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

/** Makes the moment of every subscription come now that has any. */
const closeAll = (mariadb: Mariadb, url: string) =>
  mariadb.sql(url, "UPDATE subscription SET next_run_at = UTC_TIMESTAMP(3) WHERE schedule <> ''");

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
      await store.markRetried(id, false, { who: 'an', at: new Date() });
      retried += 1;
    }
    const { files } = await store.publicationFigures();
    const closed = files.find(({ state }) => state === 'closed')?.count ?? 0;
    const due = (await store.dueSubscriptions(new Date())).length;
    const untold = (await store.unannouncedFiles(new Date(0), 1)).length;
    const over = (await store.filesToExpire(new Date(), new Date(Date.now() - DAY), 1)).length;
    if (closed + due + untold + over === 0) return retried;
    if (Date.now() < until) continue;
    say(JSON.stringify({ closed, due, untold, over }));
    throw new Error('it does not settle');
  }
}
