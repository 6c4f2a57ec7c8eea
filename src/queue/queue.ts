/**
 * One kind of work in the background. What there is to do stands in SQL rows, and what a step does depends on the state
 * of its row alone: it may be run twice, late, by several at once, or be forgotten and found again by the sweep.
 */
export type Step = {
  readonly name: string;
  /** How many a process does at the same time. */
  readonly atOnce: number;
  /** How often it is tried before it is given up. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly pause: number;
  /**
   * @param id of the row; nothing else of it is in the queue, above all nothing about persons
   * @param then queues what follows; it never rejects, since the sweep finds what could not be queued
   */
  readonly run: (id: string, signal: AbortSignal, then: Add) => Promise<void>;
  /** Says in the row that it failed for good, and why. */
  readonly gaveUp: (id: string, error: Error) => Promise<void>;
};

/** Does nothing where the row waits for the step already. Rejects when nothing can be queued now. */
export type Add = (step: string, id: string) => Promise<void>;

/** When a row's step is due, time and again. */
export type Moment = { readonly id: string; readonly cron: string; readonly timeZone: string };

/** The first moment after another, or null where there will never be one. */
export type NextMoment = (cron: string, timeZone: string, after: Date) => Date | null;

/** Brings ids to steps. It may lose any of them, and never has one row wait twice for the same step. */
export type Queue = {
  readonly add: Add;
  /** Queues these rows for a step whenever their moments come, and from now on no others. */
  readonly keepMoments: (step: string, moments: readonly Moment[]) => Promise<void>;
  /** Starts doing what is queued; what already waits is done too. */
  readonly work: () => void;
  /** Takes nothing more, finishes what is under way, and lets go. What takes too long is aborted. */
  readonly close: () => Promise<void>;
};

/** Where trouble is told; pino's logger fits. */
export type QueueLog = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
};

/** What is under way when a process is told to stop has so many milliseconds. */
export const PATIENCE = 15_000;

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
