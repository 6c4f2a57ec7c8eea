import type { Batch, BatchKey, Inquired, Inquiry, Question, QuestionAnswer } from '../exchange/inquiry.ts';
import type { Party } from '../exchange/party.ts';
import type { RefusalCode } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { CHUNK, readChunkId } from './question-chunks.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  readonly openQuestions: (key: BatchKey, from: number, to: number) => Promise<readonly Question[]>;
  readonly answerQuestion: (key: BatchKey, answer: Omit<QuestionAnswer, 'subject'>) => Promise<boolean>;
  readonly countTry: (key: BatchKey, position: number) => Promise<void>;
  readonly markAnswered: (key: BatchKey) => Promise<boolean>;
  readonly parties: () => Promise<readonly Party[]>;
  readonly serviceOf: (name: string, version: string) => Service | null;
  /** Resolves when the exchange is in the audit; never rejects because of what came of the question. */
  readonly inquire: (asked: Inquiry, signal: AbortSignal) => Promise<Inquired>;
};

/** Questions of a chunk that are under way at a time. */
const AT_ONCE = 4;

/** So many in a row without an answer, and the rest of the chunk is not tried now. */
const IN_A_ROW = 3;

/** The source, or what the bus needs to ask it, is not to be had: no question's fault, and never its answer by itself. */
const OUT_OF_ORDER: ReadonlySet<RefusalCode> = new Set([
  ...(['99995', '99996', '99997', '60006', '60011', '60013', 'internal'] as const),
]);

/** The source, or the bus, stumbles over this question, now or always: after so many times that is the answer. */
const STUMBLES: ReadonlySet<RefusalCode> = new Set(['99994', '60007', '60009']);
const MOST_STUMBLES = 3;

/**
 * Of a chunk of questions: asks each that has no answer yet, and keeps what came of it once that is in the audit. What
 * may pass is no answer: then the step fails, and those questions are asked again when it is tried again.
 */
export const ask =
  (needs: Needs): Run =>
  async (id, signal, then) => {
    const { key, first } = readChunkId(id);
    const batch = await needs.batch(key);
    if (batch?.state !== 'asking') return;
    const open = await needs.openQuestions(key, first, first + CHUNK - 1);
    if (open.length > 0) await askAll(needs, batch, open, signal);
    if (await needs.markAnswered(key)) await then(FOLLOWS[key.owner], String(key.ownerId));
  };

/** Which step makes a file of the answers. */
const FOLLOWS = { intake: 'reply', file: 'write' } as const;

async function askAll(
  needs: Needs,
  batch: Batch,
  open: readonly Question[],
  signal: AbortSignal,
): Promise<void> {
  const asking = await askingOf(needs, batch);
  const waiting = [...open];
  let left = 0;
  let inARow = 0;
  let last: RefusalCode | null = null;
  async function askOn(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted();
      const came = await needs.inquire({ ...asking, question: next }, signal);
      // What was given up on our side says nothing of the question.
      if (came.refusal !== null) signal.throwIfAborted();
      if (await keep(needs, batch, next, came)) {
        inARow = 0;
        continue;
      }
      left += 1;
      last = came.refusal;
      if (came.refusal !== null && STUMBLES.has(came.refusal)) continue;
      inARow += 1;
      if (inARow >= IN_A_ROW) left += waiting.splice(0).length;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  if (left === 0) return;
  const { service, version } = batch;
  throw new Error(`${left} of ${open.length} questions to ${service} ${version} got no answer (${last})`);
}

/** Whether what came is the question's answer. */
async function keep(
  { answerQuestion, countTry }: Needs,
  batch: Batch,
  { position, tries }: Question,
  { answer, exchangeId, refusal }: Inquired,
): Promise<boolean> {
  const mayPass =
    refusal !== null && (OUT_OF_ORDER.has(refusal) || (STUMBLES.has(refusal) && tries + 1 < MOST_STUMBLES));
  if (answer !== null && (!mayPass || batch.lastTime)) {
    await answerQuestion(batch, { position, answer, exchangeId });
    return true;
  }
  await countTry(batch, position);
  return false;
}

/** What all questions of a batch are asked with. */
async function askingOf(
  { parties, serviceOf }: Needs,
  { owner, partyId, sender, service, version, voucherId, certificate, template }: Batch,
): Promise<Omit<Inquiry, 'question'>> {
  const party = (await parties()).find(({ id }) => id === partyId);
  if (!party) throw new Error(`the party that asked (${partyId}) is gone`);
  const asked = serviceOf(service, version);
  if (!asked) throw new Error(`${service} ${version} is not served any more`);
  const route = { by: owner === 'intake' ? 'question-file' : 'snapshot', voucherId } as const;
  return { party, sender, service: asked, template, certificate, route };
}
