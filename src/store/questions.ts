import { Between, type EntityManager, In, MoreThan } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type {
  Batch,
  BatchKey,
  BatchState,
  KeptAnswer,
  NewBatch,
  NewQuestion,
  Progress,
  Question,
  QuestionAnswer,
} from '../exchange/inquiry.ts';
import { insertRows, type Value } from './bulk.ts';
import { type Hand, noteRetry } from './changes.ts';
import type { Engine } from './engine.ts';
import { retryFile } from './publication-files.ts';
import { answerOf, batchOf, keyOf, newBatchRow, questionOf } from './question-rows.ts';
import { questionTable } from './tables/question.ts';
import { type QuestionBatchRow, questionBatchTable } from './tables/question-batch.ts';

/** What is left out or null does not narrow. */
export type BatchFilter = {
  readonly partyId?: number | null;
  readonly states?: readonly BatchState[] | null;
  readonly limit: number;
};

/**
 * Questions that no envelope brought, and their answers until a file was made of them. The `mark…` verbs resolve when
 * that is durable, to whether it changed anything: a step that is repeated, or that comes late, does not.
 */
export type Questions = {
  /** Does nothing where the owner has a batch already. */
  readonly makeBatch: (batch: NewBatch) => Promise<void>;
  /** In the order of their positions; those that are there already are left out, so that it may be done again. */
  readonly addQuestions: (key: BatchKey, questions: readonly NewQuestion[]) => Promise<void>;
  /** All of them are there: making → asking. */
  readonly markAsking: (key: BatchKey) => Promise<boolean>;
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  /** Latest first. */
  readonly batches: (filter: BatchFilter) => Promise<readonly Batch[]>;
  /** Oldest first. */
  readonly batchesIn: (state: BatchState, limit: number) => Promise<readonly BatchKey[]>;
  readonly progressOf: (key: BatchKey) => Promise<Progress>;
  /** Positions of questions without answer, the first of each chunk of so many. */
  readonly openChunks: (key: BatchKey, chunk: number, limit: number) => Promise<readonly number[]>;
  /** From the one position to the other, both included. */
  readonly openQuestions: (key: BatchKey, from: number, to: number) => Promise<readonly Question[]>;
  readonly answerQuestion: (key: BatchKey, answer: Omit<QuestionAnswer, 'subject'>) => Promise<boolean>;
  /** It was asked in vain. */
  readonly countTry: (key: BatchKey, position: number) => Promise<void>;
  /** Each has its answer: asking → answered, or failed → answered. False while one is open. */
  readonly markAnswered: (key: BatchKey) => Promise<boolean>;
  /** In the order of their positions, a page in memory at a time. */
  readonly answersOf: (key: BatchKey) => AsyncIterable<KeptAnswer>;
  readonly markBatchFailed: (key: BatchKey, error: string) => Promise<boolean>;
  /**
   * Of a batch that is asked and has most of its answers: whatever the few that are left are told next is theirs. False,
   * and nothing done, where more are left than `FEW`, where none has an answer, or where that was so already.
   */
  readonly settleFew: (key: BatchKey) => Promise<boolean>;
  /** failed → where it came to a stop. `lastTime`: what it is told now is the answer, whatever it is. */
  readonly markBatchRetried: (key: BatchKey, lastTime: boolean, hand: Hand) => Promise<boolean>;
};

const PAGE = 200;

/** As many, or one in a hundred, are no sign that a source is down: it has answered all the others. */
const FEW = 5;
const ERROR_LENGTH = 4_000;
export const questionColumns = [
  'owner',
  'owner_id',
  'position',
  'subject_kind',
  'subject_number',
  'content',
  'state',
  'tries',
];

/** Questions on their way to a file of answers. */
export const keepQuestions = ({ read, write }: Pick<Engine, 'read' | 'write'>, clock: Clock): Questions => {
  /** Only from these states, so that a late or repeated step cannot undo what came after. */
  const move = (key: BatchKey, from: readonly BatchState[], to: Partial<QuestionBatchRow>) =>
    write((manager) => moveIn(manager, key, from, to));

  return {
    makeBatch: (batch) =>
      write(async (manager) => {
        if (await manager.existsBy(questionBatchTable, keyOf(batch))) return;
        await manager.insert(questionBatchTable, newBatchRow(batch, clock.now()));
      }),
    addQuestions: (key, questions) =>
      write(async (manager) => {
        const last = (await manager.maximum(questionTable, 'position', keyOf(key))) ?? 0;
        await insertRows(
          manager,
          'question',
          questionColumns,
          questions.filter(({ position }) => position > last).map((each) => questionValues(key, each)),
        );
      }),
    markAsking: (key) =>
      write(async (manager) => {
        const questions = await manager.countBy(questionTable, keyOf(key));
        return moveIn(manager, key, ['making'], { state: 'asking', questions });
      }),
    batch: (key) =>
      read(async (manager) => {
        const row = await manager.findOneBy(questionBatchTable, keyOf(key));
        return row && batchOf(row);
      }),
    batches: ({ partyId, states, limit }) =>
      read(async (manager) => {
        const where = {
          ...(partyId ? { partyId } : {}),
          ...(states ? { state: In([...states]) } : {}),
        };
        const order = { madeAt: 'DESC', ownerId: 'DESC' } as const;
        return (await manager.find(questionBatchTable, { where, order, take: limit })).map(batchOf);
      }),
    batchesIn: (state, limit) =>
      read(async (manager) => {
        const order = { madeAt: 'ASC', ownerId: 'ASC' } as const;
        return (await manager.find(questionBatchTable, { where: { state }, order, take: limit })).map(keyOf);
      }),
    progressOf: (key) =>
      read(async (manager) => ({
        questions: await manager.countBy(questionTable, keyOf(key)),
        answered: await manager.countBy(questionTable, { ...keyOf(key), state: 'answered' }),
      })),
    openChunks: (key, chunk, limit) => read((manager) => openChunks(manager, key, chunk, limit)),
    openQuestions: (key, from, to) =>
      read(async (manager) => {
        const where = { ...keyOf(key), state: 'open' as const, position: Between(from, to) };
        return (await manager.find(questionTable, { where, order: { position: 'ASC' } })).map(questionOf);
      }),
    answerQuestion: (key, { position, answer, exchangeId }) =>
      write(async (manager) => {
        const { affected } = await manager.update(
          questionTable,
          { ...keyOf(key), position, state: 'open' },
          { state: 'answered', answer, exchangeId, answeredAt: clock.now() },
        );
        return (affected ?? 0) > 0;
      }),
    countTry: (key, position) =>
      write(
        async (manager) =>
          void (await manager.increment(
            questionTable,
            { ...keyOf(key), position, state: 'open' },
            'tries',
            1,
          )),
      ),
    markAnswered: (key) =>
      write(async (manager) => {
        if (await manager.existsBy(questionTable, { ...keyOf(key), state: 'open' })) return false;
        const to = { state: 'answered' as const, answeredAt: clock.now(), lastError: null };
        return moveIn(manager, key, ['asking', 'failed'], to);
      }),
    answersOf: async function* (key) {
      for (let after = 0; ; ) {
        const where = { ...keyOf(key), position: MoreThan(after) };
        const page = await read((manager) =>
          manager.find(questionTable, { where, order: { position: 'ASC' }, take: PAGE }),
        );
        yield* page.map(answerOf);
        const last = page.at(-1);
        if (!last) return;
        after = last.position;
      }
    },
    markBatchFailed: (key, error) =>
      move(key, ['making', 'asking', 'answered'], {
        state: 'failed',
        lastError: error.slice(0, ERROR_LENGTH),
      }),
    settleFew: (key) =>
      write(async (manager) => {
        const all = await manager.countBy(questionTable, keyOf(key));
        const open = await manager.countBy(questionTable, { ...keyOf(key), state: 'open' });
        if (open >= all || open > Math.max(FEW, all / 100)) return false;
        const { affected } = await manager.update(
          questionBatchTable,
          { ...keyOf(key), state: 'asking', lastTime: false },
          { lastTime: true },
        );
        return (affected ?? 0) > 0;
      }),
    markBatchRetried: (key, lastTime, hand) =>
      write(async (manager) => {
        const row = await manager.findOneBy(questionBatchTable, { ...keyOf(key), state: 'failed' });
        if (!row) return false;
        if (key.owner === 'file') return retryFile(manager, key.ownerId, lastTime, hand);
        const state = row.questions === null ? 'making' : row.answeredAt === null ? 'asking' : 'answered';
        const moved = await moveIn(manager, key, ['failed'], { state, lastTime, lastError: null });
        const about = { kind: 'batch', name: `${key.owner}-${key.ownerId}` } as const;
        if (moved) await noteRetry(manager, about, lastTime, hand);
        return moved;
      }),
  };
};

export async function moveIn(
  manager: EntityManager,
  key: BatchKey,
  from: readonly BatchState[],
  to: Partial<QuestionBatchRow>,
): Promise<boolean> {
  const { affected } = await manager.update(questionBatchTable, { ...keyOf(key), state: In([...from]) }, to);
  return (affected ?? 0) > 0;
}

export const questionValues = (
  { owner, ownerId }: BatchKey,
  { position, subject, content }: NewQuestion,
): Value[] => [
  ...[owner, ownerId, position, subject?.kind ?? null, subject?.number ?? null, content, 'open', 0],
];

/** By a seek in the index for each chunk: however many are open, it takes no longer than for so many chunks. */
async function openChunks(
  manager: EntityManager,
  { owner, ownerId }: BatchKey,
  chunk: number,
  limit: number,
): Promise<readonly number[]> {
  const sql =
    'SELECT MIN(position) AS position FROM question' +
    " WHERE owner = ? AND owner_id = ? AND state = 'open' AND position >= ?";
  const found: number[] = [];
  for (let from = 1; found.length < limit; from = (found.at(-1) ?? 0) + chunk) {
    const rows: readonly { readonly position: number | string | null }[] = await manager.query(sql, [
      ...[owner, ownerId, from],
    ]);
    const open = rows[0]?.position ?? null;
    if (open === null) break;
    found.push(Number(open) - ((Number(open) - 1) % chunk));
  }
  return found;
}
