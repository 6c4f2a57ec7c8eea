import type { Registry } from 'prom-client';
import type { AuditFigures } from '../exchange/audit-figures.ts';
import { countedGauges } from './counted-gauges.ts';
import { countedOnce } from './counted-once.ts';

/** Milliseconds for which a count holds: what it counts moves once a day. */
const FRESH = 60_000;

/** Adds the figures of the audit's retention; none while they cannot be counted. */
export function auditMetrics(registry: Registry, count: () => Promise<AuditFigures>): void {
  const counts = countedOnce(count, FRESH);
  const gauge = countedGauges(registry, counts);
  gauge('kruispunt_audit_online_rows', 'Rows of the audit that are in the database.', ({ online }) => online);
  gauge(
    'kruispunt_audit_oldest_online_seconds',
    'How long ago the exchange was received whose row has been in the database longest.',
    ({ oldest }) => (oldest === null ? 0 : (Date.now() - oldest.getTime()) / 1000),
  );
  gauge('kruispunt_audit_archives', 'Archives of the audit that are kept.', ({ archives }) => archives.kept);
  gauge(
    'kruispunt_audit_archived_rows',
    'Rows of the audit that are in archives.',
    ({ archives }) => archives.rows,
  );
  gauge(
    'kruispunt_audit_archive_bytes',
    'Size of all archives that are kept.',
    ({ archives }) => archives.size,
  );
  gauge(
    'kruispunt_audit_archives_destroyed',
    'Archives that were destroyed at the end of their term.',
    ({ archives }) => archives.destroyed,
  );
  gauge(
    'kruispunt_audit_archives_unfinished',
    'Archives whose rows are leaving the database, or whose file is being destroyed; not for long.',
    ({ archives }) => archives.unfinished,
  );
}
