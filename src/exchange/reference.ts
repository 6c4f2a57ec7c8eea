import type { Subject } from './party.ts';

/** A line of the reference repertory: a source holds a kind of data about a subject, over a stretch of days. */
export type Reference = {
  /** What kind of data, in our own words (`functies`). */
  readonly dataType: string;
  readonly subject: Subject;
  /** Name under which operators configured the source. */
  readonly source: string;
  /** Under which other number the source keeps it (an enterprise's, for the functions of a person); null: the same. */
  readonly heldAs: string | null;
  /** yyyy-mm-dd */
  readonly begin: string;
  /** yyyy-mm-dd, inclusive; null is open-ended. */
  readonly end: string | null;
};

/** Which lines overlap these days; an `end` of null is open-ended. */
export type ReferenceQuery = Pick<Reference, 'dataType' | 'subject' | 'begin' | 'end'>;

export type ReferencesTo = (query: ReferenceQuery) => Promise<readonly Reference[]>;
