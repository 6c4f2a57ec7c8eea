import type { Sender } from './message.ts';
import type { Certificate, Party, Subject } from './party.ts';
import type { RefusalCode } from './refusal.ts';
import type { Service } from './service.ts';

/** Questions that no envelope brought: they stand in a file that a party laid down, or the bus asks for a subscriber. */

/** Whose questions they are: a file that was laid down (`intake`), or one that is being made of answers (`file`). */
export const questionOwners = ['intake', 'file'] as const;
export type QuestionOwner = (typeof questionOwners)[number];
export type BatchKey = { readonly owner: QuestionOwner; readonly ownerId: number };

/**
 * making: not all questions are rows yet; asking: until each has its answer; answered: the answers wait for the file
 * that is made of them; replied: it was made, and they go; expired: that file was taken away; failed: given up for now,
 * and may be tried again.
 */
export const batchStates = ['making', 'asking', 'answered', 'replied', 'expired', 'failed'] as const;
export type BatchState = (typeof batchStates)[number];

/** What all questions of a batch have in common: who asks what, on whose word. */
export type NewBatch = BatchKey & {
  readonly partyId: number;
  /** As the file's Context names the sender; `reference` goes to the audit with each question. */
  readonly sender: Sender;
  readonly service: string;
  /** NN.NN */
  readonly version: string;
  /** UUID of the voucher under which the questions came, or of the file that is made of the answers. */
  readonly voucherId: string;
  /** Who signed that voucher; null where the bus itself asks. */
  readonly certificate: Pick<Certificate, 'subject' | 'fingerprint'> | null;
  readonly legalBasis: string;
  /** JSON image of a question's content, without its subject; null where each question brings its own. */
  readonly template: Readonly<Record<string, unknown>> | null;
  /** Name of the file that is answered; null where none is. */
  readonly fileName: string | null;
  /** What the voucher of the answer names as its schema; null where the bus makes no such file. */
  readonly schema: string | null;
};

/** What a batch's answer file is, from the moment there is an answer to each question. */
export type BatchReply = {
  readonly name: string;
  readonly sequence: number;
  /** UUID */
  readonly voucherId: string;
};

export type Batch = NewBatch & {
  readonly state: BatchState;
  /** How many there are, once all of them are known. */
  readonly questions: number | null;
  /** Whether whatever a question is told now is its answer, even what may pass. */
  readonly lastTime: boolean;
  readonly lastError: string | null;
  readonly madeAt: Date;
  readonly answeredAt: Date | null;
  readonly repliedAt: Date | null;
  readonly reply: BatchReply | null;
};

/** One question of a batch; positions count from 1. */
export type NewQuestion = {
  readonly position: number;
  /** The Vraag in exclusive canonical XML; null where it is made of the batch's template and the subject. */
  readonly content: string | null;
  readonly subject: Subject | null;
};

export type Question = NewQuestion & {
  /** How often it was asked without an answer that could stand. */
  readonly tries: number;
};

/** The Antwoord in exclusive canonical XML, and the exchange by which the audit knows it. */
export type QuestionAnswer = {
  readonly position: number;
  readonly subject: Subject | null;
  readonly answer: string;
  readonly exchangeId: string;
};

/** An answer as it is kept until a file was made of it. */
export type KeptAnswer = QuestionAnswer & { readonly answeredAt: Date };

/** How far a batch has come. */
export type Progress = { readonly questions: number; readonly answered: number };

/** A question on the word of somebody who is known already. */
export type Inquiry = {
  readonly party: Party;
  readonly sender: Sender;
  readonly service: Service;
  readonly question: NewQuestion;
  readonly template: Readonly<Record<string, unknown>> | null;
  readonly certificate: Pick<Certificate, 'subject' | 'fingerprint'> | null;
  /** Where it came from, as `routeOf` reads it. */
  readonly route: Route;
};

/** What came of one; `answer` is null when it could not even be refused as its contract demands. */
export type Inquired = {
  readonly exchangeId: string;
  readonly answer: string | null;
  /** null: it was answered. */
  readonly refusal: RefusalCode | null;
};

/** On which file's word a question was asked; the UUID is that of the file's voucher. */
export type Route = { readonly by: 'question-file' | 'snapshot'; readonly voucherId: string };

/** The place of a question's origin in the audit, where that of a message has the address it came from. */
export const writeRoute = ({ by, voucherId }: Route): string => `${by}:${voucherId}`;

/** null: it came from a network address. */
export function routeOf(origin: string): Route | null {
  const found = /^(question-file|snapshot):(.+)$/.exec(origin);
  if (!found) return null;
  const by = found[1] === 'snapshot' ? 'snapshot' : 'question-file';
  return { by, voucherId: found[2] ?? '' };
}
