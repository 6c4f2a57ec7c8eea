import { Gauge, type Registry } from 'prom-client';
import { batchStates } from '../exchange/inquiry.ts';
import { countedGauges } from './counted-gauges.ts';
import { countedOnce } from './counted-once.ts';

/** How questions that no envelope brought stand, as the database has it. */
export type QuestionCounts = {
  readonly batches: readonly { readonly state: string; readonly count: number }[];
  readonly open: number;
};

/** Adds the figures of batches of questions, which are counted when they are asked for; none while that cannot be done. */
export function questionMetrics(registry: Registry, count: () => Promise<QuestionCounts>): void {
  const counts = countedOnce(count);
  // Every process counts the same rows.
  const common = { registers: [registry], aggregator: 'max' as const };
  countedGauges(registry, counts)(
    'kruispunt_questions_open',
    'Questions of files and snapshots that have no answer yet.',
    ({ open }) => open,
  );
  new Gauge({
    name: 'kruispunt_question_batches',
    help: 'Batches of questions by state: failed ones wait for an operator.',
    labelNames: ['state'],
    ...common,
    async collect() {
      const now = await counts();
      this.reset();
      for (const state of now ? batchStates : [])
        this.set({ state }, now?.batches.find((each) => each.state === state)?.count ?? 0);
    },
  });
}
