import type { Clock } from '../exchange/clock.ts';
import { writeTimestampQuery } from './timestamp-query.ts';
import { tokenIn } from './timestamp-reply.ts';
import type { TimestampTrust } from './timestamp-token.ts';

export type StampNeeds = {
  readonly unstampedAnchors: () => Promise<readonly { readonly number: number; readonly digest: string }[]>;
  readonly keepTimestamp: (anchor: number, token: Buffer, at: Date) => Promise<boolean>;
  /** What the authority answers to a query. */
  readonly ask: (query: Buffer, signal: AbortSignal) => Promise<Buffer>;
  readonly newNonce: () => Buffer;
  readonly trust: TimestampTrust;
  readonly policy: string | null;
  readonly clock: Clock;
};

export type Stamped = { readonly number: number; readonly at: Date; readonly policy: string };

/** Anchors that are stamped in one go; more are left than that after an authority was away for long. */
const AT_ONCE = 10;

/**
 * Asks the authority for a time-stamp on each anchor that has none, the latest first, and keeps what holds. Stops at the
 * first that cannot be had: the rest would fail alike.
 *
 * @param stamped hears of each
 * @throws Error when the authority does not answer, or not as it must
 */
export async function stampAnchors(
  { unstampedAnchors, keepTimestamp, ask, newNonce, trust, policy, clock }: StampNeeds,
  stamped: (made: Stamped) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const { number, digest } of (await unstampedAnchors()).slice(0, AT_ONCE)) {
    const query = { digest: Buffer.from(digest, 'hex'), nonce: newNonce(), policy };
    const reply = await ask(writeTimestampQuery(query), signal);
    const { token, timestamp } = tokenIn(reply, query, trust, clock.now());
    if (await keepTimestamp(number, token, timestamp.at))
      stamped({ number, at: timestamp.at, policy: timestamp.policy });
  }
}
