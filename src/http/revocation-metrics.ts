import { Gauge, type Registry } from 'prom-client';

const STATES = ['current', 'grace', 'expired', 'missing'] as const;

export type CountStates = () => readonly { readonly state: string }[];

/** How many revocation lists and answers on single certificates are in each state, at the moment of a scrape. */
export function revocationMetrics(registry: Registry, lists: CountStates, answers: CountStates): void {
  gauge(
    registry,
    'kruispunt_revocation_lists',
    'Revocation lists: current, ended and still gone by (grace), ended (expired), or never got (missing).',
    lists,
  );
  gauge(
    registry,
    'kruispunt_ocsp_answers',
    'Answers on single certificates: current, ended and still gone by (grace), ended (expired), or never got (missing).',
    answers,
  );
}

function gauge(registry: Registry, name: string, help: string, count: CountStates): void {
  new Gauge({
    name,
    help,
    labelNames: ['state'],
    registers: [registry],
    // Each worker goes by the same lists, and may know of fewer certificates: their figures are one.
    aggregator: 'max',
    collect() {
      const now = count();
      for (const state of STATES) this.set({ state }, now.filter((each) => each.state === state).length);
    },
  });
}
