import { Refusal } from '../exchange/refusal.ts';
import type { OcspQuestion } from './ocsp-question.ts';

/** Why a chain is not relied on that has no other fault: what its responders say of it is not known (any more). */
export class Unanswered extends Error {
  readonly subject: string;
  readonly questions: readonly OcspQuestion[];

  constructor(subject: string, questions: readonly OcspQuestion[]) {
    super(`not answered: whether ${subject} is revoked`);
    this.subject = subject;
    this.questions = questions;
  }
}

/** Asks whoever is configured, for as long as a message may wait and no longer; the trust knows what came of it. */
export type Learn = (unanswered: Unanswered) => Promise<void>;

/**
 * Does what relies on a chain; where nothing but answers stands in the way these are asked for, and it is done once more.
 * A chain whose answers are at hand waits for nobody.
 */
export function onceAnswered<T>(learn: Learn, work: () => T): T | Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal) || !(error.cause instanceof Unanswered)) throw error;
    return learn(error.cause).then(work);
  }
}
