import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewMutation, PublicationFile } from '../../src/exchange/subscription.ts';
import { voucherName } from '../../src/publication/file-name.ts';
import type { Store } from '../../src/store/connection.ts';
import type { Fetch } from './chaos-files.ts';
import type { Subscriber } from './chaos-world.ts';

export type Verdict = { readonly pairs: number; readonly files: number };

/**
 * Holds what lies on the disk, read as its subscribers read it, against what was told: each entitled subscriber has
 * each mutation in exactly one file, the numbers have no gap, each voucher is of its file, and nobody got more.
 */
export async function judge(
  store: Store,
  root: string,
  told: readonly NewMutation[],
  subscribers: readonly Subscriber[],
  fetch: Fetch,
): Promise<Verdict> {
  let [pairs, files] = [0, 0];
  for (const subscriber of subscribers) {
    const found = await readFiles(store, root, subscriber, fetch);
    const expected = subscriber.entitled
      ? told
          .filter(({ subject }) => subscriber.subjects.has(subject.number))
          .map(({ reference }) => reference)
      : [];
    assert.deepEqual(found.references.toSorted(), expected.toSorted(), `subscription ${subscriber.id}`);
    pairs += expected.length;
    files += found.files;
  }
  const { backlog, sequenceGaps } = await store.publicationFigures();
  assert.deepEqual({ backlog, sequenceGaps }, { backlog: 0, sequenceGaps: 0 });
  return { pairs, files };
}

async function readFiles(store: Store, root: string, subscriber: Subscriber, fetch: Fetch) {
  const rows = [...(await store.files({ subscriptionId: subscriber.id, limit: 100_000 }))].reverse();
  assert.deepEqual(
    rows.map(({ sequence }) => sequence),
    rows.map((_, index) => index + 1),
  );
  const folder = join(root, `p${subscriber.partyId}`, 'Publicaties');
  await assertLists(store, folder, rows);
  const references = rows.flatMap((row) => {
    const { references, tellsBirth, sha256 } = fetch(folder, row);
    assert.deepEqual(
      [row.records, row.sha256, tellsBirth],
      [references.length, sha256, !subscriber.hidesBirth],
    );
    return references;
  });
  return { references, files: rows.length };
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
