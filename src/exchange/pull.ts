import type { Delivered, Subscription } from './subscription.ts';

/** What a subscriber that asks for mutations itself was given at one time. */
export type PullBatch = {
  readonly id: number;
  readonly subscriptionId: number;
  /** Ontvangstreferte, a UUID: whoever sends it back has received the batch. */
  readonly receipt: string;
  /** Schema paths below the payload, frozen when it was first given. */
  readonly visible: readonly string[];
  readonly grantId: number;
  readonly legalBasis: string;
  readonly records: number;
  readonly givenAt: Date;
  /** null: nobody has said that it arrived, so that it can be asked for again. */
  readonly acknowledgedAt: Date | null;
};

/** What is fixed of a batch in the moment it is given for the first time, beside its records. */
export type FrozenPull = Pick<PullBatch, 'receipt' | 'visible' | 'grantId' | 'legalBasis'>;

export type PullQuestion = {
  /** The asker's own subscriptions to what it asks for, whatever has become of them, oldest first. */
  readonly subscriptions: readonly Subscription[];
  /** Of the batch that has arrived; null: of none. */
  readonly receipt: string | null;
  /** What a subscriber may see today. */
  readonly freeze: (subscription: Subscription) => FrozenPull;
  readonly now: Date;
};

/** A batch with its records in their order; or that there is nothing, or no batch to which the receipt belongs. */
export type Pulled =
  | { readonly batch: PullBatch; readonly records: readonly Delivered[] }
  | 'nothing'
  | 'wrong receipt';

export type Pull = (question: PullQuestion) => Promise<Pulled>;
