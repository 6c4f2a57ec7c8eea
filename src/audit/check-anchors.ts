import { hash } from 'node:crypto';
import type { Head } from '../exchange/audit-chain.ts';
import type { Anchor } from './anchor.ts';
import type { Finding } from './finding.ts';
import { AnchorFault, type AnchorReader } from './read-anchor.ts';
import { readTimestamp, TimestampFault, type TimestampTrust } from './timestamp-token.ts';

/** A head, and the anchor that has it. */
export type AnchoredHead = Head & { readonly anchor: number };

export type Anchors = {
  /** Those that hold, without their heads. */
  readonly list: readonly Pick<Anchor, 'number' | 'at' | 'rowsBefore'>[];
  /** By writer, in the order of the anchors. */
  readonly heads: ReadonlyMap<string, readonly AnchoredHead[]>;
  /** Digest of the last one, as the bus logged it. */
  readonly digest: string | null;
  readonly timestamps: Timestamps;
  readonly findings: readonly Finding[];
};

/** What is known of when anchors were there, by another's word than the bus's. */
export type Timestamps = {
  /** Tokens that hold, and the last of them. */
  readonly held: number;
  readonly last: { readonly anchor: number; readonly at: Date } | null;
  /** Tokens that nobody looked at, since it was not said whose word counts. */
  readonly unread: number;
  /** Numbers of anchors that have none. */
  readonly without: readonly number[];
};

/** `timestamp`: a token (RFC 3161), base64; null: none. */
type Statement = {
  readonly number: number;
  readonly statement: string;
  readonly timestamp: string | null;
};

/** Reads anchors in their order, each signed, numbered without a gap, and bound to the one before. */
export async function checkAnchors(
  statements: AsyncIterable<Statement>,
  readAnchor: AnchorReader,
  stamps: TimestampTrust | null,
): Promise<Anchors> {
  const list: Pick<Anchor, 'number' | 'at' | 'rowsBefore'>[] = [];
  const heads = new Map<string, AnchoredHead[]>();
  const findings: Finding[] = [];
  let digest: string | null = null;
  let number = 0;
  const timestamps = timestampCheck(stamps);
  for await (const { number: kept, statement, timestamp } of statements) {
    const anchor = readOr(findings, kept, statement, readAnchor);
    const claimed = anchor?.number ?? kept;
    const fault = anchor === null ? null : placeFault(anchor, number, digest, kept);
    if (fault) findings.push(fault);
    digest = hash('sha256', Buffer.from(statement, 'utf8'), 'hex');
    number = Math.max(number, claimed);
    const stampFault = timestamps.look(kept, { timestamp, digest, madeAt: anchor?.at ?? null });
    if (stampFault !== null) findings.push(finding('changed', kept, stampFault));
    if (anchor === null) continue;
    list.push({ number: anchor.number, at: anchor.at, rowsBefore: anchor.rowsBefore });
    for (const head of anchor.heads) {
      const known = heads.get(head.writer) ?? [];
      known.push({ ...head, anchor: anchor.number });
      heads.set(head.writer, known);
    }
  }
  return { list, heads, digest, timestamps: timestamps.all(), findings };
}

/** Milliseconds by which the authority's clock may be behind the bus's. */
const APART = 5 * 60_000;

/** Holds tokens against the anchors that they are to stamp. */
function timestampCheck(trust: TimestampTrust | null) {
  let [held, unread] = [0, 0];
  let last: Timestamps['last'] = null;
  const without: number[] = [];

  /** What is wrong, in words; null when nothing is. */
  function look(
    anchor: number,
    { timestamp, digest, madeAt }: { timestamp: string | null; digest: string; madeAt: Date | null },
  ): string | null {
    if (timestamp === null) without.push(anchor);
    else if (trust === null) unread += 1;
    else {
      const wrong = `the time-stamp of anchor ${anchor} does not hold`;
      try {
        const { at } = readTimestamp(Buffer.from(timestamp, 'base64'), Buffer.from(digest, 'hex'), trust);
        if (madeAt && at.getTime() < madeAt.getTime() - APART)
          return `${wrong}: it is of ${at.toISOString()}, before the anchor was made`;
        held += 1;
        last = { anchor, at };
      } catch (cause) {
        if (!(cause instanceof TimestampFault)) throw cause;
        return `${wrong}: ${cause.message}`;
      }
    }
    return null;
  }

  return { look, all: (): Timestamps => ({ held, last, unread, without }) };
}

const finding = (what: Finding['what'], sequence: number, text: string): Finding => ({
  ...{ what, of: 'anchor', writer: null, id: null },
  ...{ sequence, text },
});

function readOr(
  findings: Finding[],
  number: number,
  statement: string,
  readAnchor: AnchorReader,
): Anchor | null {
  try {
    return readAnchor(statement);
  } catch (cause) {
    if (!(cause instanceof AnchorFault)) throw cause;
    findings.push(finding('changed', number, `anchor ${number} does not hold: ${cause.message}`));
    return null;
  }
}

function placeFault(anchor: Anchor, before: number, digest: string | null, kept: number): Finding | null {
  const expected = before + 1;
  if (anchor.number !== kept)
    return finding('reordered', kept, `at ${kept} stands the anchor that was signed as ${anchor.number}`);
  if (anchor.number > expected)
    return finding(
      'removed',
      expected,
      expected === anchor.number - 1
        ? `anchor ${expected} was removed`
        : `anchors ${expected} to ${anchor.number - 1} were removed`,
    );
  if (anchor.number < expected)
    return finding('inserted', anchor.number, `a second anchor ${anchor.number} was inserted`);
  if (anchor.previous !== digest)
    return finding('changed', before, `anchor ${expected} does not follow anchor ${before} as it is now`);
  return null;
}
