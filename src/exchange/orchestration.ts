import type { Element } from './element.ts';
import type { Bounded } from './message.ts';
import type { ReferencesTo } from './reference.ts';

/** A service that an orchestration asks; the version is NN.NN. */
export type Asks = { readonly service: string; readonly version: string };

/** One question of an orchestration, in another service's contract. */
export type Step = Asks & {
  /** The element of the merged answer that it fills, and by which a warning names it. */
  readonly part: string;
  /** JSON image of the question's content. */
  readonly content: Readonly<Record<string, unknown>>;
  /** The element of that answer's content that is given on. */
  readonly take: string;
};

/** What came of a step; null when nothing came and the service says that the rest may be given without it. */
export type Part = { readonly name: string; readonly given: Element | null };

export type Steps = {
  /** Asks as the sender would: by the grant it holds for that service, filtered to what that shows. */
  readonly ask: (step: Step) => Promise<Part>;
  /**
   * Whether the sender may take steps of this kind. To be asked before anything is looked up for them, or who may not
   * would be told how much there is.
   */
  readonly may: (step: Pick<Step, 'part' | 'service' | 'version'>) => boolean;
  readonly referencesTo: ReferencesTo;
};

/** Parts in the order of the merged schema, below one element of the answer's content. */
export type Merged = { readonly into: string; readonly parts: readonly Part[] };

export type Orchestration = {
  /** All that it may ask, so that it can be told beforehand whether that is served. */
  readonly asks: readonly Asks[];
  /** A sequence is an `await`, parallel is `Promise.all`, a condition is an `if`. */
  readonly make: (question: Bounded, steps: Steps) => Promise<Merged>;
};
