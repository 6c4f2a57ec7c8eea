import { hash } from 'node:crypto';
import type { Head } from '../exchange/audit-chain.ts';
import type { Clock } from '../exchange/clock.ts';
import type { QName } from '../xml/names.ts';
import type { Markup } from '../xml/write.ts';
import { anchorContent, anchorRoot } from './anchor.ts';

type Last = { readonly number: number; readonly digest: string; readonly madeAt: Date };
type Statement = Last & { readonly unchained: number; readonly statement: string };

export type AnchorNeeds = {
  readonly anchorBasis: (ended: readonly string[]) => Promise<{
    readonly last: Last | null;
    readonly moved: readonly Head[];
    readonly unchained: number;
  }>;
  /** False: another process has made the anchor of this number. */
  readonly keepAnchor: (anchor: Statement, heads: readonly Head[]) => Promise<boolean>;
  readonly sign: (root: QName, content: readonly Markup[]) => Uint8Array;
  readonly clock: Clock;
};

/** Heads in one anchor; more than a bus has processes, unless many died. What is left is in the next. */
const MOST_HEADS = 1_000;
/** Other processes may make an anchor at the same moment, each of them once. */
const ATTEMPTS = 8;

/**
 * Signs how far the audit has come: every writer that moved since the last anchor, also of processes that died. With
 * nothing to say there is an anchor all the same when the last one is older than `every` milliseconds, so that who
 * takes the last ones away leaves a hole that can be seen.
 *
 * @param ended writers that write nothing more
 * @returns null when there was nothing to do
 */
export async function makeAnchor(
  { anchorBasis, keepAnchor, sign, clock }: AnchorNeeds,
  ended: readonly string[],
  every: number,
): Promise<{ readonly number: number; readonly digest: string; readonly writers: number } | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { last, moved, unchained } = await anchorBasis(ended);
    const madeAt = clock.now();
    if (moved.length === 0 && last && madeAt.getTime() - last.madeAt.getTime() < every) return null;
    const heads = moved.slice(0, MOST_HEADS);
    const number = (last?.number ?? 0) + 1;
    const content = { number, at: madeAt, previous: last?.digest ?? null, rowsBefore: unchained, heads };
    const bytes = sign(anchorRoot, anchorContent(content));
    const digest = hash('sha256', bytes, 'hex');
    const statement = Buffer.from(bytes).toString('utf8');
    if (await keepAnchor({ number, madeAt, digest, unchained, statement }, heads))
      return { number, digest, writers: heads.length };
  }
  throw new Error(`another process made the next anchor ${ATTEMPTS} times`);
}
