import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { type Anchors, checkAnchors, type Timestamps } from './check-anchors.ts';
import { checkDestructions } from './check-destructions.ts';
import { checkWriter, type WriterReport } from './check-writer.ts';
import type { Destruction, DestructionReader } from './destruction.ts';
import type { Finding } from './finding.ts';
import type { AnchorReader } from './read-anchor.ts';
import { type Span, type Stretch, stretchOf } from './stretches.ts';
import type { TimestampTrust } from './timestamp-token.ts';

/** An audit to be looked at: a database, or what was taken out of one. */
export type AuditSource = {
  readonly span: Span;
  readonly anchors: () => AsyncIterable<{
    readonly number: number;
    readonly statement: string;
    readonly timestamp: string | null;
  }>;
  /** Whoever wrote a row that is there. */
  readonly writers: () => Promise<readonly string[]>;
  /** What was destroyed at the end of its term, as it was signed. */
  readonly destructions: () => AsyncIterable<{ readonly number: number; readonly statement: string }>;
  /** Archives that cannot be read, each told, and the rows that are in them. */
  readonly lost: () => Promise<Lost>;
  /** At least those of the stretch. */
  readonly rows: (writer: string, stretch: Stretch) => AsyncIterable<ChainedRow>;
  /** Rows without a place in the chain, and the last of them; null where there can be none. */
  readonly unchained: () => Promise<{ readonly count: number; readonly last: string | null } | null>;
};

export type Lost = { readonly findings: readonly Finding[]; readonly parts: readonly ArchivePart[] };

export type AuditReport = {
  readonly findings: readonly Finding[];
  readonly writers: number;
  readonly rows: number;
  /** Of them, those of the first form that were not looked at but for their place, for want of the keys. */
  readonly unreadable: number;
  readonly anchors: number;
  readonly lastAnchor: { readonly number: number; readonly at: Date; readonly digest: string } | null;
  readonly timestamps: Timestamps;
  /** Of each writer what no anchor covers, which is as much worth as the database it lies in. */
  readonly beyond: readonly { readonly writer: string; readonly rows: number; readonly first: ChainedRow }[];
  /** Rows from before there was a chain, of which nothing is claimed. */
  readonly rowsBefore: number;
  /** What was destroyed at the end of its term. */
  readonly destroyed: readonly Destruction[];
};

export type StatementReaders = {
  readonly readAnchor: AnchorReader;
  readonly readDestruction: DestructionReader;
};

/**
 * Looks at a whole audit: its anchors first, so that every row they vouch for is there when its turn comes.
 *
 * @param stamps whose time-stamps are believed; null: they are only counted
 */
export async function checkAudit(
  source: AuditSource,
  { readAnchor, readDestruction }: StatementReaders,
  stamps: TimestampTrust | null,
): Promise<AuditReport> {
  const anchors = await checkAnchors(source.anchors(), readAnchor, stamps);
  // In this order: what cannot be read may have been destroyed in the meantime, and then that is said.
  const lost = await source.lost();
  const destroyed = await checkDestructions(source.destructions(), readDestruction);
  const gaps = Map.groupBy([...destroyed.parts, ...lost.parts], ({ writer }) => writer);
  const writers = [...new Set([...anchors.heads.keys(), ...(await source.writers())])].sort();
  const reports: WriterReport[] = [];
  for (const writer of writers) {
    const stretch = stretchOf(writer, anchors, source.span);
    const heads = anchors.heads.get(writer) ?? [];
    const rows = () => source.rows(writer, stretch);
    reports.push(await checkWriter(writer, stretch, heads, rows, gaps.get(writer)));
  }
  const unchained = await source.unchained();
  const last = anchors.list.at(-1);
  return {
    findings: [
      ...anchors.findings,
      ...destroyed.findings,
      ...lost.findings,
      ...reports.flatMap(({ finding }) => finding ?? []),
      ...unchainedFindings(anchors, unchained),
    ],
    writers: writers.length,
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    unreadable: reports.reduce((sum, { unreadable }) => sum + unreadable, 0),
    anchors: anchors.list.length,
    lastAnchor: last ? { number: last.number, at: last.at, digest: anchors.digest ?? '' } : null,
    timestamps: anchors.timestamps,
    beyond: reports.flatMap(({ beyond }) => beyond ?? []),
    rowsBefore: unchained?.count ?? anchors.list[0]?.rowsBefore ?? 0,
    destroyed: destroyed.list,
  };
}

function unchainedFindings(
  { list }: Anchors,
  unchained: Awaited<ReturnType<AuditSource['unchained']>>,
): readonly Finding[] {
  const [first] = list;
  if (!first || !unchained) return [];
  const none = { of: 'row', writer: null, sequence: null } as const;
  const more = unchained.count - first.rowsBefore;
  if (more > 0)
    return [
      {
        ...none,
        ...{ what: 'inserted', id: unchained.last },
        text: `${more} without a place in the chain were inserted: anchor 1 counts ${first.rowsBefore} from before the chain`,
      },
    ];
  if (more < 0)
    return [
      {
        ...none,
        ...{ what: 'removed', id: null },
        text: `${-more} of the ${first.rowsBefore} rows from before the chain were removed`,
      },
    ];
  return [];
}
