import type { AuditFigures } from '../exchange/audit-figures.ts';
import type { Engine } from './engine.ts';

/** From writer to writer down the index, so that no row is read but their first and last. */
const WRITER_AFTER = `SELECT f.writer AS writer, f.chain_sequence AS first, f.received_at AS at,
  (SELECT MAX(l.chain_sequence) FROM exchange l WHERE l.writer = f.writer) AS last
  FROM exchange f WHERE f.writer = (SELECT MIN(n.writer) FROM exchange n WHERE n.writer > ?)
  ORDER BY f.chain_sequence LIMIT 1`;

const ARCHIVES = `SELECT SUM(destroyed_at IS NULL) AS kept, SUM(destroyed_at IS NOT NULL) AS destroyed,
  SUM(CASE WHEN destroyed_at IS NULL THEN row_count ELSE 0 END) AS row_count,
  SUM(CASE WHEN destroyed_at IS NULL THEN file_size ELSE 0 END) AS file_size,
  SUM(cleared_at IS NULL OR (destroyed_at IS NOT NULL AND gone_at IS NULL)) AS unfinished FROM audit_archive`;

export const countAudit =
  ({ read }: Pick<Engine, 'read'>): (() => Promise<AuditFigures>) =>
  () =>
    read(async (manager) => {
      let [online, writer] = [0, ''];
      let oldest: Date | null = null;
      for (;;) {
        const [row] = await manager.query(WRITER_AFTER, [writer]);
        if (!row) break;
        writer = String(row.writer);
        online += Number(row.last) - Number(row.first) + 1;
        const at = momentOf(row.at);
        if (oldest === null || at < oldest) oldest = at;
      }
      const [found]: readonly Record<string, unknown>[] = await manager.query(ARCHIVES);
      const count = (name: string) => Number(found?.[name] ?? 0);
      return {
        ...{ online, oldest },
        archives: {
          ...{ kept: count('kept'), rows: count('row_count'), size: count('file_size') },
          ...{ destroyed: count('destroyed'), unfinished: count('unfinished') },
        },
      };
    });

const momentOf = (value: unknown): Date =>
  value instanceof Date ? value : new Date(`${String(value).replace(' ', 'T')}Z`);
