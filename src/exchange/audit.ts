import type { Subject } from './party.ts';
import type { KnownSubject } from './subject-keys.ts';

/** What is kept of one exchange, whatever came of it. It never holds a value from an answer. */
export type ExchangeRecord = {
  /** The exchange's UUID: the answer carries it, and `audit show` takes it. */
  readonly id: string;
  readonly receivedAt: Date;
  /** Milliseconds from the first to the last stage. */
  readonly duration: number;
  readonly remoteAddress: string;
  readonly service: string | null;
  readonly version: string | null;
  readonly certificate: { readonly subject: string; readonly fingerprint: string } | null;
  readonly party: string | null;
  readonly uri: string | null;
  readonly hoedanigheid: string | null;
  /** The official at the consumer on whose behalf the question is asked, when the message says so. */
  readonly endUser: string | null;
  /** The sender's own reference (Afzender/Referte). */
  readonly reference: string | null;
  readonly subjects: readonly Subject[];
  readonly grantId: number | null;
  readonly legalBasis: string | null;
  readonly stages: readonly StageTrace[];
  readonly outcome: 'answered' | 'refused' | 'failed';
  /** SOAP fault (1), Repliek/Uitzonderingen (2), Antwoord/Uitzonderingen (3); null when answered. */
  readonly level: 1 | 2 | 3 | null;
  readonly code: string | null;
  /** Why, in words for an operator; never sent to anyone. Of what was answered: what the bus cut off the question. Of either: that it was told encrypted. */
  readonly reason: string | null;
  readonly sources: readonly SourceTrace[];
  /** Schema paths that were left out of the answer, or for which a writing was refused (40006); never their values. */
  readonly filtered: readonly string[];
  /** SHA-256 of the bytes as they came and as they left, hex; of a question from a file it is keyed. */
  readonly digestIn: string;
  readonly digestOut: string;
};

/** An exchange as it is read back: what was sealed may be unreadable. */
export type KeptExchange = Omit<ExchangeRecord, 'subjects'> & { readonly subjects: readonly KnownSubject[] };

/** The order of every view of the audit. Of those that came in one millisecond an archive and the database say the same. */
export const latestFirst = (a: KeptExchange, b: KeptExchange): number =>
  b.receivedAt.getTime() - a.receivedAt.getTime() || (a.id < b.id ? 1 : -1);

export type StageTrace = { readonly stage: string; readonly ms: number };

export type SourceTrace = {
  readonly source: string;
  readonly ms: number;
  /** 'answered', or the code with which it failed. */
  readonly outcome: string;
  /** The step of an orchestration: its part, and the service whose contract was spoken. Absent elsewhere. */
  readonly step?: string;
  /** Why a step failed, in words for an operator. */
  readonly reason?: string;
  /** Schema paths that the grant for the step's service does not show; never their values. */
  readonly hidden?: readonly string[];
};
