import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from './exchange/clock.ts';
import { isMissing, replaceDurably } from './files/durable.ts';
import type { ListPlace } from './trust-files.ts';
import type { RevocationList } from './wss/revocation.ts';
import type { TrustStore } from './wss/trust.ts';

type Needs = {
  readonly places: readonly ListPlace[];
  readonly trust: Pick<TrustStore, 'readList'>;
  readonly clock: Clock;
  readonly fetchBytes: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  readonly pace: FetchPace;
};

/** Milliseconds. */
export type FetchPace = {
  /** A list is got anew after a quarter of the time it still lasts, but not sooner and not later than this. */
  readonly least: number;
  readonly most: number;
  /** After a failure. */
  readonly retry: number;
};

export const fetchPace: FetchPace = { least: 30_000, most: 3_600_000, retry: 30_000 };

/**
 * Gets the lists that are due, and puts each into its file when it is one of a configured authority, has not ended, and
 * is no older than the one at hand. That the file is younger tells other processes that it was got.
 *
 * @returns one look: what stands in the way of each list, by its name
 */
export function fetchLists({ places, trust, clock, fetchBytes, pace }: Needs) {
  const failures = new Map<string, { readonly why: string; readonly at: number }>();

  async function fetchOne({ name, file }: ListPlace, signal: AbortSignal): Promise<void> {
    const now = clock.now().getTime();
    const failure = failures.get(name);
    if (failure && now < failure.at + pace.retry) return;
    const present = await presentIn(file);
    const old = present && readOr(() => trust.readList({ name, content: present.bytes }));
    if (old && present && !failure && now < dueAt(old, present.since, pace)) return;
    try {
      const bytes = Buffer.from(await fetchBytes(name, signal));
      assertLater(trust.readList({ name, content: bytes }), old, now);
      if (present?.bytes.equals(bytes)) await utimes(file, new Date(now), new Date(now));
      else {
        await mkdir(dirname(file), { recursive: true });
        await replaceDurably(file, [bytes], randomUUID());
      }
      failures.delete(name);
    } catch (error) {
      if (signal.aborted) return;
      failures.set(name, { why: error instanceof Error ? error.message : String(error), at: now });
    }
  }

  return async (signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
    await Promise.all(places.filter(({ isFetched }) => isFetched).map((place) => fetchOne(place, signal)));
    return new Map([...failures].map(([name, { why }]) => [name, why]));
  };
}

function assertLater(list: RevocationList, old: RevocationList | null, now: number): void {
  if (list.nextUpdate && list.nextUpdate.getTime() < now)
    throw new Error(`the list there ended on ${list.nextUpdate.toISOString()}`);
  // An old list, sent again by somebody on the way, does not know the latest certificates that were revoked.
  if (old && old.signedBy === list.signedBy && list.thisUpdate < old.thisUpdate)
    throw new Error(
      `the list there is of ${list.thisUpdate.toISOString()}, older than the one at hand, of ${old.thisUpdate.toISOString()}`,
    );
}

function dueAt({ nextUpdate }: RevocationList, since: number, { least, most }: FetchPace): number {
  const quarter = nextUpdate === null ? most : (nextUpdate.getTime() - since) / 4;
  return since + Math.min(most, Math.max(least, quarter));
}

async function presentIn(file: string): Promise<{ readonly bytes: Buffer; readonly since: number } | null> {
  try {
    return { bytes: await readFile(file), since: (await stat(file)).mtimeMs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** What is no list of a configured authority any more is replaced by one that is. */
function readOr<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
