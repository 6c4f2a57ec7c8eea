/** An authentic source behind the bus, as operators configure it. */
export type Source = {
  readonly name: string;
  readonly kind: 'soap' | 'rest';
  /** Where it listens; null when its access has not been set up yet (60011). */
  readonly url: string | null;
  /** Whole call, connection to last byte, in milliseconds. */
  readonly deadline: number;
  /** Bytes of answer that are read at the most. */
  readonly maxBytes: number;
  /** Whether the bus signs what it sends there. */
  readonly signature: 'none' | 'strict';
};
