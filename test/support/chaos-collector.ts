import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PublicationFile } from '../../src/exchange/subscription.ts';
import { voucherName } from '../../src/publication/file-name.ts';
import type { Store } from '../../src/store/connection.ts';
import type { random } from '../publication/random.ts';
import type { Fetch, Fetched } from './chaos-files.ts';
import type { Subscriber } from './chaos-world.ts';

type Needs = {
  readonly store: Store;
  /** Of all parties' files. */
  readonly root: string;
  readonly fetch: Fetch;
  readonly chance: ReturnType<typeof random>['chance'];
  /** Has the retention of a file end now. */
  readonly outdate: (fileId: number) => Promise<unknown>;
};

/** Subscribers who fetch their files as soon as they lie there, and after whom files may go. */
export type Collector = {
  /** One round; rejects when the database is away. */
  readonly collect: () => Promise<void>;
  /** What was fetched of each file, by its id. */
  readonly fetched: ReadonlyMap<number, Fetched>;
  readonly figures: () => { readonly reissued: number };
  /** What was not as it must be at the moment of fetching. */
  readonly wrong: readonly string[];
};

const DAY = 86_400_000;

/**
 * What they have fetched they acknowledge, or its retention ends, so that it is taken away. Some of what is gone they
 * ask for again, and it must be the very same.
 */
export function collector(
  { store, root, fetch, chance, outdate }: Needs,
  subscribers: readonly Subscriber[],
): Collector {
  const fetched = new Map<number, Fetched>();
  const reissued = new Set<number>();
  const wrong: string[] = [];
  const collectors = subscribers.filter(({ collects }) => collects);

  /** The row said that it was written when we looked: then it lies there, listed, whole, and the same as ever. */
  async function take(row: PublicationFile): Promise<void> {
    const folder = join(root, `p${row.partyId}`, 'Publicaties');
    try {
      const names = readdirSync(folder);
      const missing = [row.name, voucherName(row.name)].filter((name) => !names.includes(name));
      if (missing.length > 0) throw new Error(`${missing.join(', ')} not listed in ${names.join(', ')}`);
      const found = await fetch(folder, row);
      const before = fetched.get(row.id);
      if (before && before.sha256 !== found.sha256)
        throw new Error(`${row.name} has other bytes than before`);
      fetched.set(row.id, found);
    } catch (error) {
      wrong.push(`file ${row.id}: ${String(error)}`);
    }
  }

  async function letGo({ id }: PublicationFile): Promise<void> {
    if (chance(0.5)) return void (await outdate(id));
    await store.markCollected(id, new Date());
    await store.markAcknowledged(id, new Date(Date.now() - 2 * DAY));
  }

  async function takeAll(subscriptionId: number): Promise<void> {
    for (const row of await store.files({ subscriptionId, states: ['written'], limit: 100 })) {
      // Over, and not taken away yet: it may go while we read.
      if (row.expiresAt <= new Date()) continue;
      await take(row);
      // Of those that were issued again, half are there to the end.
      if (!reissued.has(row.id) || row.id % 2 === 0) await letGo(row);
    }
  }

  async function askAgain(subscriptionId: number): Promise<void> {
    for (const { id } of await store.files({ subscriptionId, states: ['expired'], limit: 100 })) {
      if (reissued.has(id) || !chance(0.2)) continue;
      if (await store.markReissued(id, new Date(Date.now() + 30 * DAY))) reissued.add(id);
    }
  }

  return {
    fetched,
    wrong,
    figures: () => ({ reissued: reissued.size }),
    collect: async () => {
      for (const { id } of collectors) {
        await takeAll(id);
        await askAgain(id);
      }
    },
  };
}
