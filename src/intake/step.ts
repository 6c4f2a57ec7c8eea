/** Queues what follows for a row. What cannot be queued now is found again by the sweep, so that nothing need be done about it. */
export type Then = (step: string, id: string) => Promise<void>;

/** Does one step for the row with this id, or nothing where its state says that it was done. */
export type Run = (id: string, signal: AbortSignal, then: Then) => Promise<void>;
