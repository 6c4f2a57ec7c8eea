import type { Clock } from '../exchange/clock.ts';
import type { Freeze, NewMutation } from '../exchange/subscription.ts';
import { type Accepted, acceptMutations } from './accept-mutations.ts';
import { closeBatch } from './close-batch.ts';
import { aheadOf, type Due, dueNow, startAgain } from './due.ts';
import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import type { Rights } from './matching.ts';
import { keepFiles, type PublicationFiles } from './publication-files.ts';
import { tryAgain } from './try-again.ts';

export type Publications = PublicationFiles & {
  /**
   * Takes what a source tells and lays ready what each entitled subscriber gets of it: all of the batch or nothing.
   * Resolves when it is durable. Throws ReferenceReused.
   */
  readonly acceptMutations: (batch: readonly NewMutation[], authorPartyId: number) => Promise<Accepted>;
  /** The batches that are to be closed now; of each subscription one at most. */
  readonly dueSubscriptions: (now: Date) => Promise<readonly Due[]>;
  /**
   * Makes the file of a scheduled moment out of all that waits for the subscription, and sets its next moment. Gives
   * the same id when it is called again; null when there is no file: nothing to tell, no right to it, or the moment
   * was closed before. Any number may do this together, with mutations coming in.
   */
  readonly closeBatch: (subscriptionId: number, cutOff: Date, freeze: Freeze) => Promise<number | null>;
};

/** Others may have inserted the same key since we looked; then we look again. */
const ATTEMPTS = 5;
export const untilNotRaced = <T>(transaction: () => Promise<T>): Promise<T> =>
  tryAgain(ATTEMPTS, isDuplicate, transaction);

/** Mutations on their way to the files of those who are to hear of them. */
export const keepPublications = (
  { read, write, writeLive }: Pick<Engine, 'read' | 'write' | 'writeLive'>,
  rights: () => Rights,
  clock: Clock,
): Publications => ({
  ...keepFiles({ read, write }),
  acceptMutations: (batch, author) =>
    untilNotRaced(() =>
      writeLive((manager) => acceptMutations(manager, batch, author, rights(), clock.now())),
    ),
  dueSubscriptions: async (now) => {
    const ahead = await read((manager) => aheadOf(manager, now));
    for (const row of ahead) await write((manager) => startAgain(manager, row, now));
    return read((manager) => dueNow(manager, now));
  },
  closeBatch: (subscriptionId, cutOff, freeze) =>
    untilNotRaced(() =>
      writeLive((manager) => closeBatch(manager, subscriptionId, cutOff, freeze, clock.now())),
    ),
});
