import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { ExchangeRecord } from '../exchange/audit.ts';

export type Metrics = { readonly registry: Registry; readonly observe: (exchange: ExchangeRecord) => void };

/** Figures for Prometheus. Labels name services, codes and sources; never a party's subject or a reference. */
export function metrics(): Metrics {
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
  const observe = (exchange: ExchangeRecord) => {
    const service = exchange.service ?? 'none';
    exchanges.inc({ service, outcome: exchange.outcome, code: exchange.code ?? 'none' });
    duration.observe({ service }, exchange.duration / 1000);
    for (const { source, outcome, ms } of exchange.sources) sources.observe({ source, outcome }, ms / 1000);
  };
  return { registry, observe };
}

export function metricsDoor(server: FastifyInstance, { registry }: Metrics): void {
  server.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
