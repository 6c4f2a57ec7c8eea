import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { shelfIn } from '../../src/archives.ts';
import { anchorContent, anchorRoot } from '../../src/audit/anchor.ts';
import { makeAnchor } from '../../src/audit/make-anchor.ts';
import { verifyingDatabase } from '../../src/auditing.ts';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import { type ChainedRow, linkHash } from '../../src/exchange/audit-chain.ts';
import type { Clock } from '../../src/exchange/clock.ts';
import { noKeys } from '../../src/exchange/subject-keys.ts';
import { archiveFolder } from '../../src/files/archive-folder.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import { wound } from '../support/clock.ts';
import type { TestDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/program.ts';
import { keys, ring } from '../support/subject-keys.ts';
import { answered, refused } from './samples.ts';

export const HOUR = 3_600_000;
export const bus = await issue(await makeAuthority('Voorbeeld CA'), 'bus');
export const stranger = await issue(await makeAuthority('Voorbeeld CA'), 'stranger');

/** Rows with whatever an engine might give back otherwise than it got it. */
const strange = (index: number, receivedAt: Date): ExchangeRecord => {
  const changes = { receivedAt, duration: (index * Math.PI) / 7 };
  if (index % 4 === 0) return refused(changes);
  if (index % 4 === 1)
    return answered({
      ...changes,
      reference: 'x\ud83d',
      legalBasis: `Dé wet\r\n\t'"\\ ${'💶'.repeat(200)} `,
    });
  if (index % 4 === 2)
    return answered({ ...changes, duration: index, subjects: [], reason: '', endUser: ' ' });
  return answered({ ...changes, endUser: '💶'.repeat(300), reason: 'a:1#2;-' });
};

export type Told = { readonly ids: readonly string[]; readonly writer: string };

/**
 * Two processes, a and b, on one database that had a row from before the chain. Anchor 1 covers 10 rows of each; anchor
 * 2, an hour later, 20, and closes b; a has written 3 more since.
 */
export async function chainWorld(database: TestDatabase) {
  const clock = wound(NOW);
  const [a, b] = [
    await openStore(database.url, { clock, keys }),
    await openStore(database.url, { clock, keys }),
  ];
  const ids: Record<'a' | 'b', string[]> = { a: [], b: [] };
  const record = async (who: 'a' | 'b', store: Store, count: number) => {
    const rows = Array.from({ length: count }, (_, index) => strange(index + ids[who].length, clock.now()));
    ids[who].push(...rows.map(({ id }) => id));
    await Promise.all(rows.map((row) => store.record(row)));
  };
  const documents = createDocumentSigner(bus);
  const anchor = (ended: readonly string[]) => makeAnchor({ ...a, sign: documents.sign, clock }, ended, HOUR);

  await a.record(answered({ id: OLD }));
  await database.sql(`UPDATE exchange SET ${NO_PLACE} WHERE id = '${OLD}'`);
  const forgotten = a.endChain(); // so that its next row is again its first
  for (const each of forgotten) await database.sql(`DELETE FROM audit_anchored WHERE writer = '${each}'`);
  await Promise.all([record('a', a, 10), record('b', b, 10)]);
  await anchor([]);
  clock.advance(HOUR);
  await Promise.all([record('a', a, 10), record('b', b, 10)]);
  await anchor(b.endChain());
  clock.advance(HOUR);
  await record('a', a, 3);
  const writerOf = async (id: string) =>
    String((await database.sql(`SELECT writer FROM exchange WHERE id = '${id}'`))[0]?.writer);
  const of = { a: await writerOf(ids.a[0] ?? ''), b: await writerOf(ids.b[0] ?? '') };
  const folder = openFolder(clock);
  const audit = { store: a, shelf: shelfIn(folder, a, ring) };
  return {
    ...{ clock, a, b, ids, of, anchor, folder, audit },
    verify: (certificates: readonly string[] = [bus.certificate]) =>
      verifyingDatabase(audit, noKeys)(certificates),
    close: () => Promise.all([a.close(), b.close()]),
  };
}

/** Where nothing was put in archives. */
export const emptyShelf = {
  partsOf: async () => [],
  lost: async () => ({ findings: [], parts: [] }),
};

const openFolder = ({ now }: Clock) => archiveFolder(join(temporaryFolder(), 'archive'), randomUUID, now);

export type ChainWorld = Awaited<ReturnType<typeof chainWorld>>;

export const OLD = '00000000-0000-4000-8000-000000000000';
export const NO_PLACE = 'writer = NULL, chain_sequence = NULL, previous_hash = NULL, row_hash = NULL';

export async function rowsOf(store: Store, writer: string): Promise<ChainedRow[]> {
  const rows: ChainedRow[] = [];
  for await (const row of store.chainedRows(writer, { after: 0, through: null })) rows.push(row);
  return rows;
}

/** What somebody does who knows how rows are hashed: gives rows, as they are now, the hashes that fit. */
export async function makeHashesFit(
  database: TestDatabase,
  rows: readonly ChainedRow[],
  previous: string,
): Promise<void> {
  let before = previous;
  for (const row of rows) {
    const hash = linkHash({ ...row, previous: before }, row);
    await database.sql(
      `UPDATE exchange SET previous_hash = '${before}', row_hash = '${hash}' WHERE id = '${row.id}'`,
    );
    before = hash;
  }
}

/** A first anchor that says less than the one there is. */
export const otherAnchor = (): string => {
  const content = anchorContent({ number: 1, at: NOW, previous: null, rowsBefore: 1, heads: [] });
  return Buffer.from(createDocumentSigner(bus).sign(anchorRoot, content)).toString('utf8');
};
