import type { Clock } from '../exchange/clock.ts';
import type { Batch, BatchKey } from '../exchange/inquiry.ts';
import type { Freeze } from '../exchange/subscription.ts';
import { chunkId, chunksOf } from './question-chunks.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly clock: Clock;
  /** The batch of this subscription whose moment has come, if there is one. */
  readonly dueBatch: (subscriptionId: number, now: Date) => Promise<{ readonly dueAt: Date } | null>;
  readonly closeBatch: (subscriptionId: number, cutOff: Date, freeze: Freeze) => Promise<number | null>;
  readonly freeze: Freeze;
  /** What is asked for a file; null when its records are there already. */
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
};

/**
 * Of a subscription: makes the file of its scheduled moment, in one transaction, once that has come. About whom a
 * snapshot is, is fixed then; its records are the answers.
 */
export const close =
  ({ clock, dueBatch, closeBatch, freeze, batch }: Needs): Run =>
  async (id, _signal, then) => {
    const subscription = Number(id);
    const due = await dueBatch(subscription, clock.now());
    if (due === null) return;
    const file = await closeBatch(subscription, due.dueAt, freeze);
    if (file === null) return;
    const key = { owner: 'file', ownerId: file } as const;
    const questions = (await batch(key))?.questions ?? null;
    if (questions === null) return then('write', String(file));
    for (const first of chunksOf(questions)) await then('ask', chunkId(key, first));
  };
