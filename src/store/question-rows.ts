import type { Batch, BatchKey, BatchReply, KeptAnswer, NewBatch, Question } from '../exchange/inquiry.ts';
import type { Subject } from '../exchange/party.ts';
import type { QuestionRow } from './tables/question.ts';
import type { QuestionBatchRow } from './tables/question-batch.ts';

/** Rows as everything outside this folder knows them. */

export function newBatchRow(batch: NewBatch, now: Date): QuestionBatchRow {
  const { sender, certificate, template, ...same } = batch;
  const { uri, hoedanigheid, endUser, reference } = sender;
  return {
    ...{ ...same, uri, hoedanigheid, endUser, reference },
    certificateSubject: certificate?.subject ?? null,
    certificateFingerprint: certificate?.fingerprint ?? null,
    template: template && JSON.stringify(template),
    ...{ state: 'making', questions: null, lastTime: false, lastError: null, cleared: false },
    ...{ madeAt: now, answeredAt: null, repliedAt: null },
    ...{ replyName: null, replySequence: null, replyVoucherId: null },
  };
}

export function batchOf(row: QuestionBatchRow): Batch {
  const { uri, hoedanigheid, endUser, reference, template, cleared: _, ...rest } = row;
  const { certificateSubject, certificateFingerprint, replyName, replySequence, replyVoucherId, ...same } =
    rest;
  return {
    ...{ ...same, sender: { uri, hoedanigheid, endUser, reference }, lastTime: Boolean(row.lastTime) },
    certificate:
      certificateSubject === null || certificateFingerprint === null
        ? null
        : { subject: certificateSubject, fingerprint: certificateFingerprint },
    template: template === null ? null : JSON.parse(template),
    reply: replyOf(replyName, replySequence, replyVoucherId),
  };
}

const replyOf = (
  name: string | null,
  sequence: number | null,
  voucherId: string | null,
): BatchReply | null =>
  name === null || sequence === null || voucherId === null ? null : { name, sequence, voucherId };

const subjectOf = ({ subjectKind: kind, subjectNumber: number }: QuestionRow): Subject | null =>
  kind === null || number === null ? null : { kind, number };

export const questionOf = (row: QuestionRow): Question => ({
  ...{ position: row.position, content: row.content, tries: row.tries },
  subject: subjectOf(row),
});

export function answerOf(row: QuestionRow): KeptAnswer {
  const { position, answer, exchangeId, answeredAt } = row;
  if (answer === null || exchangeId === null || answeredAt === null)
    throw new Error(`question ${position} has no answer`);
  return { position, answer, exchangeId, answeredAt, subject: subjectOf(row) };
}

export const keyOf = ({ owner, ownerId }: BatchKey): BatchKey => ({ owner, ownerId });
