import type { Contract } from './contract.ts';
import type { ServiceControls } from './controls.ts';
import type { SubjectKind } from './party.ts';

/** What the bus does with a contract: `service.yaml`, read and checked. */
export type Rules = {
  readonly name: string;
  /** NN.NN, as in the endpoint's path. */
  readonly version: string;
  readonly kind: 'read' | 'write';
  readonly dialect: 'magda' | 'ksz' | 'plain';
  /** Where the question names its subject: a path below the question's content (`Criteria/INSZ`); null when none. */
  readonly subject: { readonly kind: SubjectKind; readonly path: string } | null;
  /** Languages that may be asked for, and where the question says which; null when the service has none. */
  readonly language: { readonly path: string; readonly allowed: readonly string[] } | null;
  readonly controls: ServiceControls;
  /** What of question and answer is in other words at a source. */
  readonly codes: readonly CodeRule[];
  /** Who answers: a source, or else `code`. */
  readonly sources: SourceChoice | null;
  /** The folder below `src/services/` that computes the answer; null when a source gives it. */
  readonly code: string | null;
  /** How several sources answer together; null where one does. */
  readonly together: Together | null;
  /**
   * The answer's element (below Antwoord) that holds what a source said and that grants filter; null in a plain
   * contract, where that is the Body's child.
   */
  readonly filtered: string | null;
  /** Where an answer names its subject, below that element; null when it does not. */
  readonly answerSubject: string | null;
};

/**
 * By which code table something is translated for a source: a value of the question, below its content, before it is
 * asked; a value of the answer, below `filtered`, with the description beside it; the numbers of the source's errors.
 */
export type CodeRule = { readonly source: string; readonly table: string } & (
  | { readonly in: 'question'; readonly path: string }
  | { readonly in: 'answer'; readonly path: string; readonly description: string | null }
  | { readonly in: 'error' }
);

/** What becomes of the whole when a part fails, and how many milliseconds all sources together may take. */
export type Together = { readonly partial: 'warn' | 'refuse'; readonly deadline: number };

/** Which source answers: always the same, as a value in the question says, or those that hold what is asked. */
export type SourceChoice = {
  /** Path below the question's content; null when there is one source, or the reference repertory chooses. */
  readonly by: string | null;
  readonly reference: ReferenceChoice | null;
  readonly options: readonly SourceOption[];
};

/** Asks each of the options that, by the reference repertory, holds this kind of data about the question's subject. */
export type ReferenceChoice = Together & {
  readonly dataType: string;
  /** The element, below the answer's content, of which there may be several: those of all sources are put together. */
  readonly merge: string;
};

export type SourceOption = {
  /** The value at `by` that chooses it; null where no value does. */
  readonly value: string | null;
  /** Name under which operators configured the source. */
  readonly source: string;
  /** Oorsprong in what the sender is told about it: at most five characters. */
  readonly origin: string;
  /** REST only: the resource below the source's address, `{path}` standing for a value in the question's content. */
  readonly resource: string | null;
};

/** One service and version that the bus offers. */
export type Service = { readonly rules: Rules; readonly contract: Contract };
