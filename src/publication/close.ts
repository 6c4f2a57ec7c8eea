import type { Clock } from '../exchange/clock.ts';
import type { Freeze } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly clock: Clock;
  /** The batch of this subscription whose moment has come, if there is one. */
  readonly dueBatch: (subscriptionId: number, now: Date) => Promise<{ readonly dueAt: Date } | null>;
  readonly closeBatch: (subscriptionId: number, cutOff: Date, freeze: Freeze) => Promise<number | null>;
  readonly freeze: Freeze;
};

/** Of a subscription: makes the file of its scheduled moment, in one transaction, once that has come. */
export const close =
  ({ clock, dueBatch, closeBatch, freeze }: Needs): Run =>
  async (id, _signal, then) => {
    const subscription = Number(id);
    const due = await dueBatch(subscription, clock.now());
    if (due === null) return;
    const file = await closeBatch(subscription, due.dueAt, freeze);
    if (file !== null) await then('write', String(file));
  };
