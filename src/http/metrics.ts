import cluster from 'node:cluster';
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ExchangeRecord } from '../exchange/audit.ts';
import type { AuditFigures } from '../exchange/audit-figures.ts';
import { refusals } from '../exchange/refusal.ts';
import { auditMetrics } from './audit-metrics.ts';
import type { MaySee } from './health.ts';
import { type PublicationCounts, publicationMetrics } from './publication-metrics.ts';
import { type QuestionCounts, questionMetrics } from './question-metrics.ts';
import { type CountStates, revocationMetrics } from './revocation-metrics.ts';
import { timestampMetrics } from './timestamp-metrics.ts';
import { waitingMetrics } from './waiting-metrics.ts';
import type { WaitingRoom } from './waiting-room.ts';
import { answerPrimary, askPrimary } from './worker-metrics.ts';

export type Figures = {
  readonly retried: (source: string, code: string) => void;
  readonly circuit: (source: string, state: 'closed' | 'half-open' | 'open') => void;
  readonly observe: (exchange: ExchangeRecord) => void;
  /** Has how many services are offered, and how many problems their folders have, counted at each scrape. */
  readonly watchContracts: (count: () => { readonly services: number; readonly problems: number }) => void;
  /** Has how revocation lists, and answers on single certificates, stand counted at each scrape. */
  readonly watchRevocation: (lists: CountStates, answers: CountStates) => void;
  /** Has who is held back counted at each scrape. */
  readonly watchWaiting: (counts: WaitingRoom['counts']) => void;
  /** Has how publications stand counted at each scrape. */
  readonly watchPublications: (count: () => Promise<PublicationCounts>) => void;
  /** Has how questions that no envelope brought stand counted at each scrape. */
  readonly watchQuestions: (count: () => Promise<QuestionCounts>) => void;
  /** Has how much of the audit is where counted at each scrape. */
  readonly watchAudit: (count: () => Promise<AuditFigures>) => void;
  /** Has how many anchors have no time-stamp counted at each scrape. */
  readonly watchTimestamps: (count: () => Promise<number>) => void;
  /** In Prometheus's text format, of all workers together where there are several. */
  readonly text: () => Promise<string>;
};

/** Figures for Prometheus. Labels name services, codes and sources; never a party's subject or a reference. */
export function metrics(): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const exchanges = new Counter({
    name: 'kruispunt_exchanges_total',
    help: 'Exchanges by service, outcome and refusal code.',
    labelNames: ['service', 'outcome', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'kruispunt_exchange_seconds',
    help: 'Time from the first to the last stage.',
    labelNames: ['service'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const sources = new Histogram({
    name: 'kruispunt_source_seconds',
    help: 'Time that a source took, by how it ended.',
    labelNames: ['source', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const retries = new Counter({
    name: 'kruispunt_source_retries_total',
    help: 'Questions that were put to a source once more, by the failure before.',
    labelNames: ['source', 'code'],
    registers,
  });
  const circuits = new Gauge({
    name: 'kruispunt_source_circuit',
    help: 'Whether a source is asked: 0 yes (closed), 1 one question tries it (half-open), 2 no (open).',
    labelNames: ['source'],
    registers,
    // Of several workers the one that is worst off.
    aggregator: 'max',
  });
  const throttled = new Counter({
    name: 'kruispunt_throttled_total',
    help: 'Questions refused because the party asked the service too often.',
    labelNames: ['service'],
    registers,
  });
  const observe = (exchange: ExchangeRecord) => {
    const service = exchange.service ?? 'none';
    exchanges.inc({ service, outcome: exchange.outcome, code: labelOf(exchange.code) });
    if (exchange.code === '99995' && exchange.level === 2) throttled.inc({ service });
    duration.observe({ service }, exchange.duration / 1000);
    for (const { source, outcome, ms } of exchange.sources) sources.observe({ source, outcome }, ms / 1000);
  };
  if (cluster.isWorker) answerPrimary(registry);
  const retried = (source: string, code: string) => retries.inc({ source, code });
  const circuit = (source: string, state: keyof typeof CIRCUIT) => circuits.set({ source }, CIRCUIT[state]);
  const watchContracts: Figures['watchContracts'] = (count) => {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        // Each worker follows the same folders: their figures are one.
        aggregator: 'max',
        collect() {
          this.set(value());
        },
      });
    gauge('kruispunt_services', 'Services that are offered.', () => count().services);
    gauge(
      'kruispunt_contract_problems',
      'Errors in the folders of contracts, because of which former versions are offered.',
      () => count().problems,
    );
  };
  return {
    observe,
    retried,
    circuit,
    watchContracts,
    watchRevocation: (lists, answers) => revocationMetrics(registry, lists, answers),
    watchWaiting: (counts) => waitingMetrics(registry, counts),
    watchPublications: (count) => publicationMetrics(registry, count),
    watchQuestions: (count) => questionMetrics(registry, count),
    watchAudit: (count) => auditMetrics(registry, count),
    watchTimestamps: (count) => timestampMetrics(registry, count),
    text: () => (cluster.isWorker ? askPrimary() : registry.metrics()),
  };
}

const CIRCUIT = { closed: 0, 'half-open': 1, open: 2 } as const;

/** A source may answer with any number; a series for each would never end. */
const labelOf = (code: string | null) => (code === null ? 'none' : code in refusals ? code : 'source');

export function metricsDoor(server: FastifyInstance, { text }: Pick<Figures, 'text'>, maySee: MaySee): void {
  server.get('/metrics', async (request, reply) => {
    if (maySee(request)) return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await text());
    return reply.code(403).type('text/plain').send('not from this address\n');
  });
}
