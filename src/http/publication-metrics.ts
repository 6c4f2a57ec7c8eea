import { Gauge, type Registry } from 'prom-client';
import { intakeStates } from '../exchange/intake.ts';
import { countedGauges } from './counted-gauges.ts';
import { countedOnce } from './counted-once.ts';

/** How publications stand, as the database has it. */
export type PublicationCounts = {
  readonly backlog: number;
  readonly oldestPending: Date | null;
  readonly files: readonly { readonly state: string; readonly count: number }[];
  readonly expiring: number;
  readonly sequenceGaps: number;
  readonly intakes: readonly { readonly state: string; readonly count: number }[];
  readonly pulls: { readonly waiting: number; readonly unacknowledged: number };
  readonly openQuestions: number;
};

/** Adds the figures of publications, which are counted when they are asked for; none while that cannot be done. */
export function publicationMetrics(registry: Registry, count: () => Promise<PublicationCounts>): void {
  const counts = countedOnce(count);
  const gauge = countedGauges(registry, counts);
  gauge('kruispunt_publication_backlog', 'Deliveries that are in no file yet.', ({ backlog }) => backlog);
  gauge(
    'kruispunt_publication_oldest_pending_seconds',
    'How long the mutation has waited that has waited longest for a file.',
    ({ oldestPending }) => (oldestPending === null ? 0 : (Date.now() - oldestPending.getTime()) / 1000),
  );
  gauge(
    'kruispunt_publication_files_expiring',
    'Files that nobody has collected, and of which it was said that they will be taken away.',
    ({ expiring }) => expiring,
  );
  gauge(
    'kruispunt_pull_waiting',
    'Deliveries that subscribers who ask themselves have not been given yet.',
    ({ pulls }) => pulls.waiting,
  );
  gauge(
    'kruispunt_pull_unacknowledged',
    'Batches that were given to who asked, and of which it has not said that they arrived.',
    ({ pulls }) => pulls.unacknowledged,
  );
  gauge(
    'kruispunt_publication_sequence_gaps',
    'Sequence numbers that were given out and are no file; never anything but 0.',
    ({ sequenceGaps }) => sequenceGaps,
  );
  gauge(
    'kruispunt_publication_open_questions',
    'Questions of snapshots that have no answer yet.',
    ({ openQuestions }) => openQuestions,
  );
  const byState = (
    name: string,
    help: string,
    states: readonly string[],
    of: (counts: PublicationCounts) => PublicationCounts['files'],
  ) =>
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers: [registry],
      aggregator: 'max',
      async collect() {
        const now = await counts();
        this.reset();
        for (const state of now ? states : [])
          this.set({ state }, (now ? of(now) : []).find((each) => each.state === state)?.count ?? 0);
      },
    });
  byState(
    'kruispunt_publication_files',
    'Files by state: asking ones wait for answers, closed ones to be written, written ones to be collected, failed ones for an operator.',
    STATES,
    ({ files }) => files,
  );
  byState(
    'kruispunt_intake_files',
    'Files that parties laid down, by state: held ones wait for one before them, rejected ones were not taken.',
    intakeStates,
    ({ intakes }) => intakes,
  );
}

const STATES = ['asking', 'closed', 'written', 'collected', 'acknowledged', 'expired', 'failed'];
