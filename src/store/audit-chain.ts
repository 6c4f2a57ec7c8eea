import { type EntityManager, In } from 'typeorm';
import type { ChainedRow, Head } from '../exchange/audit-chain.ts';
import { archivedHead } from './archived-head.ts';
import { linkedRows, type Stretch } from './chained-rows.ts';
import { type Hand, noteAs } from './changes.ts';
import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import { auditAnchoredTable, auditAnchorTable } from './tables/audit-anchor.ts';
import { auditTimestampTable } from './tables/audit-timestamp.ts';

/** A signed statement as it is kept. */
export type KeptAnchor = {
  readonly number: number;
  readonly madeAt: Date;
  /** SHA-256 of the statement, hexadecimal. */
  readonly digest: string;
  readonly unchained: number;
  readonly statement: string;
};

/** With what an authority said of it (base64); null: none has stamped it. */
export type StampedAnchor = Pick<KeptAnchor, 'number' | 'statement'> & { readonly timestamp: string | null };

/** What the next anchor is made of. */
export type AnchorBasis = {
  readonly last: Pick<KeptAnchor, 'number' | 'digest' | 'madeAt'> | null;
  /** The heads of which no anchor says what is now to be said. */
  readonly moved: readonly Head[];
  /** Rows from before there was a chain: counted for the first anchor, then as that one had it. */
  readonly unchained: number;
};

export type AuditChain = {
  /** @param ended writers that write nothing more */
  readonly anchorBasis: (ended: readonly string[]) => Promise<AnchorBasis>;
  /** False: another process has made the anchor of this number. */
  readonly keepAnchor: (anchor: KeptAnchor, heads: readonly Head[]) => Promise<boolean>;
  /** All of them, by number. */
  readonly anchors: () => AsyncIterable<StampedAnchor>;
  /** Who has rows in the audit. */
  readonly writers: () => Promise<readonly string[]>;
  /** By sequence, then id. */
  readonly chainedRows: (writer: string, stretch: Stretch) => AsyncIterable<ChainedRow>;
  /** Rows without a place in the chain, and the one of them that came last. */
  readonly unchainedRows: () => Promise<Unchained>;
  /** Writes down that a part of the audit leaves the database. */
  readonly noteExport: (range: string, hand: Hand) => Promise<void>;
};

export type Unchained = { readonly count: number; readonly last: string | null };

/** Anchors in memory at a time. */
const AT_ONCE = 100;

/** The chain of the audit, read back, and its anchors. */
export const keepAuditChain = ({ read, write }: Pick<Engine, 'read' | 'write'>): AuditChain => ({
  anchorBasis: (ended) =>
    read(async (manager) => {
      const [last] = await manager.find(auditAnchorTable, { order: { number: 'DESC' }, take: 1 });
      return {
        last: last ?? null,
        moved: await movedHeads(manager, new Set(ended)),
        unchained: last ? Number(last.unchained) : await countUnchained(manager),
      };
    }),
  keepAnchor: async (anchor, heads) => {
    try {
      await write(async (manager) => {
        await manager.insert(auditAnchorTable, anchor);
        if (heads.length === 0) return;
        await manager.delete(auditAnchoredTable, { writer: In(heads.map(({ writer }) => writer)) });
        await manager.insert(
          auditAnchoredTable,
          heads.map(({ writer, sequence, closed }) => ({ writer, sequence, closed })),
        );
      });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  },
  anchors: () => allAnchors(read),
  writers: () => read(async (manager) => (await allHeads(manager)).map(({ writer }) => writer)),
  chainedRows: (writer, stretch) => linkedRows(read, writer, stretch),
  unchainedRows: () =>
    read(async (manager) => {
      const [last] = await manager.query(`SELECT id ${UNCHAINED} ORDER BY received_at DESC LIMIT 1`);
      return { count: await countUnchained(manager), last: last ? String(last.id) : null };
    }),
  noteExport: (range, hand) =>
    write((manager) => noteAs(manager, { kind: 'audit', name: range, before: null, after: null }, hand)),
});

const UNCHAINED = 'FROM exchange WHERE writer IS NULL OR chain_sequence IS NULL';

const countUnchained = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query(`SELECT COUNT(*) AS found ${UNCHAINED}`);
  return Number(row?.found);
};

/** From writer to writer down the index, since neither engine skips the rows between by itself. */
const HEAD_AFTER = `SELECT writer, chain_sequence, row_hash FROM exchange
  WHERE writer = (SELECT MIN(writer) FROM exchange WHERE writer > ?) ORDER BY chain_sequence DESC LIMIT 1`;

async function allHeads(manager: EntityManager): Promise<readonly Omit<Head, 'closed'>[]> {
  const heads: Omit<Head, 'closed'>[] = [];
  for (let writer = ''; ; ) {
    const [row] = await manager.query(HEAD_AFTER, [writer]);
    if (!row) return heads;
    writer = String(row.writer);
    heads.push({ writer, sequence: Number(row.chain_sequence), hash: String(row.row_hash) });
  }
}

async function movedHeads(manager: EntityManager, ended: ReadonlySet<string>): Promise<readonly Head[]> {
  const known = new Map((await manager.find(auditAnchoredTable)).map((row) => [row.writer, row]));
  const heads = [...(await allHeads(manager))];
  // Who ends now may have nothing left in the database.
  for (const writer of ended) {
    if (heads.some((head) => head.writer === writer)) continue;
    const archived = await archivedHead(manager, writer);
    if (archived) heads.push({ writer, ...archived });
  }
  return heads.flatMap((head) => {
    const anchored = known.get(head.writer);
    const closed = ended.has(head.writer) || Boolean(anchored?.closed);
    const isSaid = Number(anchored?.sequence) === head.sequence && Boolean(anchored?.closed) === closed;
    return isSaid ? [] : [{ ...head, closed }];
  });
}

async function* allAnchors(read: Engine['read']): ReturnType<AuditChain['anchors']> {
  for (let from = 0; ; from += AT_ONCE) {
    const rows = await read(async (manager) => {
      const found = await manager.find(auditAnchorTable, {
        select: { number: true, statement: true },
        order: { number: 'ASC' },
        skip: from,
        take: AT_ONCE,
      });
      const anchor = In(found.map(({ number }) => number));
      const stamps = new Map(
        (await manager.findBy(auditTimestampTable, { anchor })).map((row) => [row.anchor, row]),
      );
      return found.map((row) => ({ ...row, timestamp: stamps.get(row.number)?.token ?? null }));
    });
    yield* rows;
    if (rows.length < AT_ONCE) return;
  }
}
