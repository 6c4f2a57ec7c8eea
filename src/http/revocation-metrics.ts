import { Gauge, type Registry } from 'prom-client';

const STATES = ['current', 'grace', 'expired', 'missing'] as const;

/** How many revocation lists are in each state, at the moment of a scrape. */
export function revocationMetrics(
  registry: Registry,
  lists: () => readonly { readonly state: string }[],
): void {
  new Gauge({
    name: 'kruispunt_revocation_lists',
    help: 'Revocation lists: current, ended and still gone by (grace), ended (expired), or never got (missing).',
    labelNames: ['state'],
    registers: [registry],
    // Each worker goes by the same lists: their figures are one.
    aggregator: 'max',
    collect() {
      const now = lists();
      for (const state of STATES) this.set({ state }, now.filter((list) => list.state === state).length);
    },
  });
}
