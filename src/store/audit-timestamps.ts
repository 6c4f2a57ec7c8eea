import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import { auditTimestampTable } from './tables/audit-timestamp.ts';

/** An anchor that no authority has stamped. */
export type Unstamped = {
  readonly number: number;
  /** SHA-256 of the statement, hexadecimal. */
  readonly digest: string;
};

export type AuditTimestamps = {
  /** Of the latest anchors, latest first: a time-stamp on one proves that those before it were there, too. */
  readonly unstampedAnchors: () => Promise<readonly Unstamped[]>;
  /** False: another process has kept one for this anchor. */
  readonly keepTimestamp: (anchor: number, token: Buffer, at: Date) => Promise<boolean>;
};

/** How far back time-stamps are asked for that could not be had. */
const LATEST = 100;

const UNSTAMPED = `SELECT number, digest FROM audit_anchor
  WHERE number > (SELECT COALESCE(MAX(number), 0) - ${LATEST} FROM audit_anchor)
  AND number NOT IN (SELECT anchor_number FROM audit_timestamp) ORDER BY number DESC`;

export const keepAuditTimestamps = ({ read, write }: Pick<Engine, 'read' | 'write'>): AuditTimestamps => ({
  unstampedAnchors: () =>
    read(async (manager) => {
      const rows: readonly { readonly number: number | string; readonly digest: string }[] =
        await manager.query(UNSTAMPED);
      return rows.map(({ number, digest }) => ({ number: Number(number), digest }));
    }),
  keepTimestamp: async (anchor, token, at) => {
    try {
      await write((manager) =>
        manager.insert(auditTimestampTable, { anchor, at, token: token.toString('base64') }),
      );
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  },
});
