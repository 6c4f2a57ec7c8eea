import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NewMutation } from '../../src/exchange/subscription.ts';
import type { Store } from '../../src/store/connection.ts';
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
): Promise<Verdict> {
  let [pairs, files] = [0, 0];
  for (const subscriber of subscribers) {
    const found = await readFiles(store, root, subscriber);
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

async function readFiles(store: Store, root: string, subscriber: Subscriber) {
  const rows = [...(await store.files({ subscriptionId: subscriber.id, limit: 100_000 }))].reverse();
  assert.deepEqual(
    rows.map(({ sequence }) => sequence),
    rows.map((_, index) => index + 1),
  );
  const folder = join(root, `p${subscriber.partyId}`, 'Publicaties');
  const names = rows.length === 0 ? [] : readdirSync(folder).filter((name) => !name.endsWith('.part'));
  const data = names.filter((name) => !name.endsWith('.voucher.xml'));
  assert.deepEqual(data.toSorted(), rows.map(({ name }) => name).toSorted());
  const references: string[] = [];
  for (const row of rows) {
    const bytes = readFileSync(join(folder, row.name));
    const text = bytes.toString('utf8');
    const inside = [...text.matchAll(/<Metadata><Referte>([^<]+)</g)].map((match) => match[1] ?? '');
    const facts = { records: inside.length, size: bytes.byteLength, sha256: digest(bytes) };
    assert.deepEqual({ records: row.records, size: row.size, sha256: row.sha256 }, facts);
    if (process.env.VOUCHER)
      checkVoucher(
        readFileSync(join(folder, row.name.replace(/\.xml$/, '.voucher.xml')), 'utf8'),
        row,
        facts,
      );
    assert.equal(text.includes('Geboorte'), !subscriber.hidesBirth);
    references.push(...inside);
  }
  assert.equal(names.length, rows.length * 2);
  return { references, files: rows.length };
}

function checkVoucher(
  voucher: string,
  row: { readonly sequence: number; readonly name: string; readonly voucherId: string },
  facts: { readonly records: number; readonly size: number; readonly sha256: string },
): void {
  for (const each of [row.name, row.voucherId, facts.sha256])
    assert.ok(voucher.includes(each), `a voucher without ${each}`);
  for (const each of [row.sequence, facts.size, facts.records])
    assert.ok(voucher.includes(`>${each}<`), `a voucher without ${each}`);
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
