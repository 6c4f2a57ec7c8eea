import type { SourceTrace } from './audit.ts';
import type { Operation } from './contract.ts';
import type { Element } from './element.ts';
import type { Answer, Permitted, Received, Sender } from './message.ts';
import type { Subject } from './party.ts';
import type { Service, SourceOption } from './service.ts';

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
  /** How often a question that only reads is put again after a failure that may pass, within the same deadline. */
  readonly retries: number;
  /** Failures in a row after which it is left alone; 0: never. */
  readonly breaker: number;
  /** For how many milliseconds it is left alone, before one question tries it again. */
  readonly pause: number;
};

/** What is good for most sources. */
export const sourceDefaults = { retries: 2, breaker: 10, pause: 10_000 } as const;

/** A source whose access has been set up. */
export type Reachable = Source & { readonly url: string };

/** A question as it is put to a source: in which contract, under which reference, for whom and about whom. */
export type Enquiry = Pick<Received, 'at' | 'ending'> & {
  /** The bus's own reference, at most 36 characters; an answer must name it where contracts have a place for one. */
  readonly id: string;
  readonly service: Service;
  readonly operation: Operation;
  readonly sender: Sender;
  readonly subjects: readonly Subject[];
  /** The question's content, as the contract has it. */
  readonly content: Element;
};

/**
 * Puts a question to a source, in the way of its kind. What comes back is the Body's child of the
 * contract's response, not yet held against anything; every failure is a Refusal.
 */
export type Ask = (
  source: Reachable,
  option: SourceOption,
  enquiry: Enquiry,
  signal: AbortSignal,
) => Promise<Element>;

/** What a service of the bus's own makes of a question. */
export type Computed = Answer & {
  readonly subjects: readonly Subject[];
  /** Sources that were asked for it. */
  readonly asked: readonly SourceTrace[];
};

/** Answers a question by code of ours; every reason not to is a notice, or a Refusal. */
export type Compute = (message: Permitted, signal: AbortSignal) => Promise<Computed>;
