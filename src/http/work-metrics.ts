import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { AuditFigures } from '../exchange/audit-figures.ts';
import { auditMetrics } from './audit-metrics.ts';
import { type PublicationCounts, publicationMetrics } from './publication-metrics.ts';
import { type QuestionCounts, questionMetrics } from './question-metrics.ts';

export type WorkFigures = {
  /** A step was done, or failed and may be tried again. */
  readonly observe: (step: string, outcome: 'done' | 'failed', ms: number) => void;
  /** In Prometheus's text format. */
  readonly text: () => Promise<string>;
};

/** Figures of a process that works in the background. Labels name steps; never what a row is about. */
export function workMetrics(
  publications: () => Promise<PublicationCounts>,
  questions: () => Promise<QuestionCounts>,
  audit: () => Promise<AuditFigures>,
): WorkFigures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  publicationMetrics(registry, publications);
  questionMetrics(registry, questions);
  auditMetrics(registry, audit);
  const registers = [registry];
  const steps = new Counter({
    name: 'kruispunt_steps_total',
    help: 'Steps that this process did, by how they ended; one that failed is tried again.',
    labelNames: ['step', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'kruispunt_step_seconds',
    help: 'Time that a step took.',
    labelNames: ['step'],
    buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800],
    registers,
  });
  return {
    observe: (step, outcome, ms) => {
      steps.inc({ step, outcome });
      duration.observe({ step }, ms / 1000);
    },
    text: () => registry.metrics(),
  };
}
