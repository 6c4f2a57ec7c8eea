import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { keepStamping, type Stamping } from './audit/keep-stamping.ts';
import { stampAnchors } from './audit/stamp-anchors.ts';
import { NONCE_BYTES } from './audit/timestamp-query.ts';
import type { TimestampTrust } from './audit/timestamp-token.ts';
import { systemClock } from './exchange/clock.ts';
import { postBytes } from './sources/fetch-bytes.ts';
import { StartError } from './start-error.ts';
import type { AuditTimestamps } from './store/audit-timestamps.ts';
import type { TimestampConfig } from './timestamp-settings.ts';
import { readSetting } from './trust-files.ts';
import { createTrust } from './wss/trust.ts';

/** A token has a certificate or a few; the authority has this long (ms). */
const LIMITS = { maxBytes: 64 * 1_024, deadline: 10_000 };
const PACE = { every: 60_000, most: 900_000 };
const TYPE = 'application/timestamp-query';

/** Has the audit's anchors stamped with the time as long as this process runs; null where no authority is configured. */
export function stampAudit(
  { timestampUrl: url, timestampPolicy: policy }: TimestampConfig,
  log: Logger,
  { store, timestampTrust: trust }: Stamped,
): Stamping | null {
  if (url === null || trust === null) return null;
  const ask = (query: Buffer, signal: AbortSignal) =>
    postBytes(url, { body: query, type: TYPE }, LIMITS, signal);
  const newNonce = () => randomBytes(NONCE_BYTES);
  const needs = { ...store, ask, newNonce, trust, policy, clock: systemClock };
  return keepStamping({ stamp: (stamped, signal) => stampAnchors(needs, stamped, signal), pace: PACE, log });
}

type Stamped = { readonly store: AuditTimestamps; readonly timestampTrust: TimestampTrust | null };

/** Whose time-stamps are believed; null where nobody is configured. @throws StartError */
export function openTimestampTrust({ timestampAuthorities: files }: TimestampConfig): TimestampTrust | null {
  if (files.length === 0) return null;
  const texts = files.map((name) => ({ name, text: readSetting('KRUISPUNT_TIMESTAMP_AUTHORITIES', name) }));
  try {
    return createTrust({ authorities: texts });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`KRUISPUNT_TIMESTAMP_AUTHORITIES: ${why}`, { cause });
  }
}
