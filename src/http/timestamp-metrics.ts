import { Gauge, type Registry } from 'prom-client';

/** How many of the audit's latest anchors have no time-stamp, at the moment of a scrape. */
export function timestampMetrics(registry: Registry, count: () => Promise<number>): void {
  new Gauge({
    name: 'kruispunt_audit_anchors_unstamped',
    help: 'Of the latest hundred anchors of the audit, those that no authority has stamped with the time.',
    registers: [registry],
    // Each worker counts in the same database: their figures are one.
    aggregator: 'max',
    async collect() {
      this.set(await count());
    },
  });
}
