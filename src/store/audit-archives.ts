import type { Archive, ArchivePart, MadeArchive, PlacedPart } from '../exchange/audit-archive.ts';
import { type ArchivedHead, archivedHead } from './archived-head.ts';
import type { KeptAnchor } from './audit-chain.ts';
import { type Hand, noteAs } from './changes.ts';
import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import { auditAnchorTable } from './tables/audit-anchor.ts';
import {
  type AuditArchivePartRow,
  type AuditArchiveRow,
  auditArchivePartTable,
  auditArchiveTable,
} from './tables/audit-archive.ts';

export type AuditArchives = {
  /** By number. */
  readonly archives: () => Promise<readonly Archive[]>;
  readonly archiveParts: (number: number) => Promise<readonly ArchivePart[]>;
  /** A writer's, by sequence. */
  readonly archivePartsOf: (writer: string) => Promise<readonly PlacedPart[]>;
  readonly lastArchive: () => Promise<Archive | null>;
  /** Of each of these writers, of those that have rows in an archive. */
  readonly archivedHeads: (writers: readonly string[]) => Promise<ReadonlyMap<string, ArchivedHead>>;
  /** By number. */
  readonly anchorsAfter: (
    number: number,
  ) => AsyncIterable<Pick<KeptAnchor, 'number' | 'madeAt' | 'statement'>>;
  /** A writer's row that comes so many rows after a sequence number; null where there are not as many. */
  readonly rowFurtherOn: (writer: string, after: number, count: number) => Promise<ArchivedHead | null>;
  /**
   * Writes down an archive and has its file put in place, both or neither. False: another process has made the one of
   * this number.
   */
  readonly keepArchive: (
    archive: MadeArchive,
    parts: readonly ArchivePart[],
    place: () => Promise<void>,
    hand: Hand,
  ) => Promise<boolean>;
  /** Takes at most so many rows out of the database that lie in an archive, and tells how many those were. */
  readonly removeArchived: (part: ArchivePart, limit: number) => Promise<number>;
  readonly markArchiveCleared: (number: number, at: Date) => Promise<void>;
  /** Writes down that an archive's term is over; its file goes afterwards. */
  readonly destroyArchive: (number: number, statement: string, hand: Hand) => Promise<void>;
  readonly markArchiveGone: (number: number, at: Date) => Promise<void>;
};

/** Anchors in memory at a time. */
const AT_ONCE = 100;

export const keepAuditArchives = ({
  read,
  write,
  writeLive,
}: Pick<Engine, 'read' | 'write' | 'writeLive'>): AuditArchives => ({
  archives: () =>
    read(async (manager) =>
      (await manager.find(auditArchiveTable, { order: { number: 'ASC' } })).map(archiveOf),
    ),
  archiveParts: (archive) =>
    read(async (manager) =>
      (
        await manager.find(auditArchivePartTable, {
          where: { archive },
          order: { writer: 'ASC', first: 'ASC' },
        })
      ).map(partOf),
    ),
  archivePartsOf: (writer) =>
    read(async (manager) => {
      const rows: readonly Record<string, unknown>[] = await manager.query(PARTS_OF, [writer]);
      return rows.map((row) => ({
        ...{ writer, first: Number(row.first_sequence), last: Number(row.last_sequence) },
        ...{ before: String(row.hash_before), after: String(row.hash_after) },
        archive: Number(row.archive_number),
        ...{ isCleared: row.cleared_at !== null, isDestroyed: row.destroyed_at !== null },
      }));
    }),
  lastArchive: () =>
    read(async (manager) => {
      const [last] = await manager.find(auditArchiveTable, { order: { number: 'DESC' }, take: 1 });
      return last ? archiveOf(last) : null;
    }),
  archivedHeads: (writers) =>
    read(async (manager) => {
      const heads = new Map<string, ArchivedHead>();
      for (const writer of writers) {
        const head = await archivedHead(manager, writer);
        if (head) heads.set(writer, head);
      }
      return heads;
    }),
  anchorsAfter: (number) => anchorsAfter(read, number),
  rowFurtherOn: (writer, after, count) =>
    read(async (manager) => {
      const sql =
        'SELECT chain_sequence, row_hash FROM exchange WHERE writer = ? AND chain_sequence > ?' +
        ` ORDER BY chain_sequence LIMIT 1 OFFSET ${Number(count) - 1}`;
      const [row] = await manager.query(sql, [writer, after]);
      return row ? { sequence: Number(row.chain_sequence), hash: String(row.row_hash) } : null;
    }),
  keepArchive: async (archive, parts, place, hand) => {
    const { number, rows, from, to, sha256, key } = archive;
    const about = { archive: number, rows, from, to, sha256, key };
    try {
      await write(async (manager) => {
        // First, for whoever has written this holds off the others until the file is in its place.
        await manager.insert(auditArchiveTable, archive);
        for (let at = 0; at < parts.length; at += AT_ONCE)
          await manager.insert(
            auditArchivePartTable,
            parts.slice(at, at + AT_ONCE).map((part) => ({ ...part, archive: number })),
          );
        await noteAs(
          manager,
          { kind: 'audit', name: `archive ${number} made`, before: null, after: about },
          hand,
        );
        await place();
      });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  },
  removeArchived: ({ writer, first, last }, limit) =>
    writeLive(async (manager) => {
      const found: readonly { readonly id: string }[] = await manager.query(
        `SELECT id FROM exchange WHERE writer = ? AND chain_sequence >= ? AND chain_sequence <= ? LIMIT ${Number(limit)}`,
        [writer, first, last],
      );
      if (found.length === 0) return 0;
      const ids = found.map(({ id }) => id);
      const list = ids.map(() => '?').join(', ');
      await manager.query(`DELETE FROM exchange_subject WHERE exchange_id IN (${list})`, ids);
      await manager.query(`DELETE FROM exchange WHERE id IN (${list})`, ids);
      return ids.length;
    }),
  markArchiveCleared: (number, clearedAt) =>
    write(async (manager) => void (await manager.update(auditArchiveTable, { number }, { clearedAt }))),
  destroyArchive: (number, statement, hand) =>
    write(async (manager) => {
      const before = await manager.findOneByOrFail(auditArchiveTable, { number });
      if (before.destroyedAt !== null) return;
      await manager.update(auditArchiveTable, { number }, { destroyedAt: hand.at, statement });
      const { rows, from, to, sha256 } = archiveOf(before);
      await noteAs(
        manager,
        {
          ...{ kind: 'audit', name: `archive ${number} destroyed` },
          ...{ before: { archive: number, rows, from, to, sha256 }, after: null },
        },
        hand,
      );
    }),
  markArchiveGone: (number, goneAt) =>
    write(async (manager) => void (await manager.update(auditArchiveTable, { number }, { goneAt }))),
});

const PARTS_OF = `SELECT p.first_sequence, p.last_sequence, p.hash_before, p.hash_after, p.archive_number,
  a.cleared_at, a.destroyed_at FROM audit_archive_part p JOIN audit_archive a ON a.number = p.archive_number
  WHERE p.writer = ? ORDER BY p.first_sequence`;

/** A server gives large numbers back as text. */
const archiveOf = ({ rows, size, ...row }: AuditArchiveRow): Archive => ({
  ...row,
  rows: Number(rows),
  size: Number(size),
});

const partOf = ({ writer, first, last, before, after }: AuditArchivePartRow): ArchivePart => ({
  ...{ writer, first: Number(first), last: Number(last) },
  ...{ before, after },
});

async function* anchorsAfter(read: Engine['read'], after: number): ReturnType<AuditArchives['anchorsAfter']> {
  for (let from = after; ; ) {
    const rows = await read((manager) =>
      manager
        .createQueryBuilder(auditAnchorTable, 'anchor')
        .where('anchor.number > :from', { from })
        .orderBy('anchor.number', 'ASC')
        .limit(AT_ONCE)
        .getMany(),
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return;
    from = last.number;
  }
}
