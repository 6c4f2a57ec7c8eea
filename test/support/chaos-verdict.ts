import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewMutation, PublicationFile } from '../../src/exchange/subscription.ts';
import { voucherName } from '../../src/publication/file-name.ts';
import type { Store } from '../../src/store/connection.ts';
import type { Fetch, Fetched } from './chaos-files.ts';
import type { Subscriber } from './chaos-world.ts';

export type Verdict = {
  readonly pairs: number;
  readonly files: number;
  /** Files that were taken away after they had been fetched. */
  readonly expired: number;
  /** Files of which it was noted more than once that they lie ready. */
  readonly notedTwice: number;
};

type Disk = {
  /** Of all parties' files. */
  readonly root: string;
  readonly fetch: Fetch;
  /** What was fetched while it was there, by the file's id. */
  readonly fetched: ReadonlyMap<number, Fetched>;
};

/**
 * Holds what lies on the disk, read as its subscribers read it, against what was told: each entitled subscriber has
 * each mutation in exactly one file, the numbers have no gap, each voucher is of its file, and nobody got more. What was
 * fetched and taken away since counts as it was fetched, and must be gone.
 */
export async function judge(
  store: Store,
  disk: Disk,
  told: readonly NewMutation[],
  subscribers: readonly Subscriber[],
): Promise<Verdict> {
  let [pairs, files, expired, notedTwice] = [0, 0, 0, 0];
  for (const subscriber of subscribers) {
    const found = await readFiles(store, disk, subscriber);
    const expected = subscriber.entitled
      ? told
          .filter(({ subject }) => subscriber.subjects.has(subject.number))
          .map(({ reference }) => reference)
      : [];
    assert.deepEqual(found.references.toSorted(), expected.toSorted(), `subscription ${subscriber.id}`);
    pairs += expected.length;
    files += found.files;
    expired += found.expired;
    notedTwice += found.notedTwice;
  }
  const { backlog, sequenceGaps } = await store.publicationFigures();
  assert.deepEqual({ backlog, sequenceGaps }, { backlog: 0, sequenceGaps: 0 });
  return { pairs, files, expired, notedTwice };
}

async function readFiles(store: Store, { root, fetch, fetched }: Disk, subscriber: Subscriber) {
  const rows = [...(await store.files({ subscriptionId: subscriber.id, limit: 100_000 }))].reverse();
  assert.deepEqual(
    rows.map(({ sequence }) => sequence),
    rows.map((_, index) => index + 1),
  );
  const lying = rows.filter(({ state }) => state !== 'expired');
  assert.deepEqual([...new Set(lying.map(({ state }) => state))], lying.length > 0 ? ['written'] : []);
  const folder = join(root, `p${subscriber.partyId}`, 'Publicaties');
  await assertLists(store, folder, lying);
  const references: string[] = [];
  for (const row of rows) {
    const found = row.state === 'expired' ? fetched.get(row.id) : await fetch(folder, row);
    assert.ok(found, `${row.name} was taken away before anybody had fetched it`);
    const facts = [found.references.length, found.sha256, found.tellsBirth];
    assert.deepEqual([row.records, row.sha256, !subscriber.hidesBirth], facts, row.name);
    references.push(...found.references);
  }
  let notedTwice = 0;
  for (const { id, state, name } of rows) {
    const events = (await store.eventsOf(id)).map(({ what }) => what);
    assert.ok(events.includes('written'), `${name} was not announced`);
    assert.equal(state !== 'expired' || events.includes('expired'), true, `${name} is gone without a word`);
    if (events.filter((what) => what === 'written').length > 1) notedTwice += 1;
  }
  return { references, files: rows.length, expired: rows.length - lying.length, notedTwice };
}

/** What a party finds is each of its files and its voucher, and nothing else; where not, everything is told that can be. */
async function assertLists(store: Store, folder: string, rows: readonly PublicationFile[]): Promise<void> {
  const wanted = rows.flatMap(({ name }) => [name, voucherName(name)]).toSorted();
  const found = listed(folder);
  const missing = wanted.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !wanted.includes(name));
  if (missing.length + extra.length === 0) return;
  await pause(1_000);
  const concerned = rows.filter(({ name }) =>
    [...missing, ...extra].some((each) => each === name || each === voucherName(name)),
  );
  const told = await Promise.all(
    concerned.map(async (row) => ({ ...row, events: await store.eventsOf(row.id) })),
  );
  const after = { missing: wanted.filter((name) => !listed(folder).includes(name)), all: all(folder) };
  assert.fail(`${folder}: ${JSON.stringify({ missing, extra, found, wanted, after, told }, null, 2)}`);
}

const all = (folder: string) => (existsSync(folder) ? readdirSync(folder).toSorted() : []);
const listed = (folder: string) => all(folder).filter((name) => !name.endsWith('.part'));
