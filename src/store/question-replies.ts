import { type EntityManager, In, IsNull, Not } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Batch, BatchKey, BatchState, NewBatch, NewQuestion } from '../exchange/inquiry.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { advanceIntake, type Stretch } from './intakes.ts';
import { untilNotRaced } from './publications.ts';
import { batchOf, keyOf, newBatchRow } from './question-rows.ts';
import { moveIn, questionColumns, questionValues } from './questions.ts';
import { questionTable } from './tables/question.ts';
import { questionBatchTable } from './tables/question-batch.ts';

/** How questions come out of a file, and how their answers go into one. */
export type QuestionReplies = {
  /**
   * Takes a stretch of a file of questions, in one transaction with the file's own count: none is taken twice,
   * whoever else is at it.
   */
  readonly takeQuestions: (
    stretch: Stretch,
    batch: NewBatch,
    questions: readonly NewQuestion[],
  ) => Promise<void>;
  /**
   * Gives the answers of a batch their file: the next number, and the first of these names that is free. The same
   * whenever it is called again; null where they are not all there.
   */
  readonly prepareReply: (
    key: BatchKey,
    voucherId: string,
    names: (sequence: number) => readonly string[],
  ) => Promise<Batch | null>;
  readonly markReplied: (key: BatchKey) => Promise<boolean>;
  readonly markReplyExpired: (key: BatchKey) => Promise<boolean>;
  /** Takes away the questions and answers of a batch of which a file was made; what it was stays. */
  readonly clearQuestions: (key: BatchKey) => Promise<void>;
  /** Batches whose answers wait for their file or have yet to go, or whose file was made by that moment. */
  readonly repliesToDo: (madeBy: Date, limit: number) => Promise<readonly BatchKey[]>;
  readonly batchFigures: () => Promise<BatchFigures>;
};

export type BatchFigures = {
  readonly batches: readonly { readonly state: string; readonly count: number }[];
  /** Questions without answer. */
  readonly open: number;
};

/** Rows that go in one transaction. */
const PAGE = 500;

export const keepQuestionReplies = (
  { read, write, writeLive }: Pick<Engine, 'read' | 'write' | 'writeLive'>,
  clock: Clock,
): QuestionReplies => {
  const move = (key: BatchKey, from: BatchState, to: Parameters<typeof moveIn>[3]) =>
    write((manager) => moveIn(manager, key, [from], to));
  return {
    takeQuestions: (stretch, batch, questions) =>
      untilNotRaced(() =>
        writeLive(async (manager) => {
          await advanceIntake(manager, stretch);
          if (!(await manager.existsBy(questionBatchTable, keyOf(batch))))
            await manager.insert(questionBatchTable, newBatchRow(batch, clock.now()));
          const rows = questions.map((each) => questionValues(batch, each));
          await insertRows(manager, 'question', questionColumns, rows);
        }),
      ),
    prepareReply: (key, voucherId, names) =>
      untilNotRaced(() => writeLive((manager) => prepareReply(manager, key, voucherId, names))),
    markReplied: (key) => move(key, 'answered', { state: 'replied', repliedAt: clock.now() }),
    markReplyExpired: (key) => move(key, 'replied', { state: 'expired' }),
    clearQuestions: async (key) => {
      for (let more = true; more; ) more = await write((manager) => clearSome(manager, key));
      // Nothing is asked for the official any more, whom the audit knows with each question.
      const over = { cleared: true, endUser: null };
      await write((manager) => manager.update(questionBatchTable, keyOf(key), over));
    },
    repliesToDo: (madeBy, limit) =>
      read(async (manager) => {
        const rows = await manager
          .createQueryBuilder(questionBatchTable, 'batch')
          .where("batch.owner = 'intake' AND batch.state = 'answered'")
          .orWhere("batch.owner = 'intake' AND batch.state = 'replied' AND batch.cleared = :no", {
            no: false,
          })
          .orWhere("batch.owner = 'intake' AND batch.state = 'replied' AND batch.repliedAt <= :madeBy", {
            madeBy,
          })
          .orderBy('batch.ownerId', 'ASC')
          .limit(limit)
          .getMany();
        return rows.map(keyOf);
      }),
    batchFigures: () => read(batchFigures),
  };
};

async function prepareReply(
  manager: EntityManager,
  key: BatchKey,
  voucherId: string,
  names: (sequence: number) => readonly string[],
): Promise<Batch | null> {
  const row = await manager.findOneBy(questionBatchTable, keyOf(key));
  if (row?.state !== 'answered') return null;
  if (row.replySequence !== null) return batchOf(row);
  const { partyId, service, version } = row;
  // Two at once: the unique keys let one of them through, and the other begins anew.
  const [last] = await manager.find(questionBatchTable, {
    ...{ where: { partyId, service, version, replySequence: Not(IsNull()) }, take: 1 },
    order: { replySequence: 'DESC' },
  });
  const replySequence = (last?.replySequence ?? 0) + 1;
  const replyName = await freeName(manager, partyId, names(replySequence));
  const reply = { replySequence, replyName, replyVoucherId: voucherId };
  await manager.update(questionBatchTable, keyOf(key), reply);
  return batchOf({ ...row, ...reply });
}

async function freeName(manager: EntityManager, partyId: number, names: readonly string[]): Promise<string> {
  const taken = await manager.findBy(questionBatchTable, { partyId, replyName: In([...names]) });
  const free = names.find((name) => !taken.some(({ replyName }) => replyName === name));
  if (free === undefined) throw new Error(`an answer file cannot be called ${names.join(' or ')}`);
  return free;
}

async function clearSome(manager: EntityManager, key: BatchKey): Promise<boolean> {
  const some = await manager.find(questionTable, {
    ...{ select: { id: true }, where: keyOf(key), order: { position: 'ASC' as const }, take: PAGE },
  });
  if (some.length > 0) await manager.delete(questionTable, { id: In(some.map(({ id }) => id)) });
  return some.length === PAGE;
}

async function batchFigures(manager: EntityManager): Promise<BatchFigures> {
  const states: readonly { readonly state: string; readonly count: number | string }[] = await manager.query(
    'SELECT state, COUNT(*) AS count FROM question_batch GROUP BY state',
  );
  const under = await manager.findBy(questionBatchTable, {
    state: In(['making', 'asking', 'failed']),
    cleared: Not(true),
  });
  // By the index of each batch: what is answered already, by far the most, is not read.
  let open = 0;
  for (const row of under) open += await manager.countBy(questionTable, { ...keyOf(row), state: 'open' });
  return { batches: states.map(({ state, count }) => ({ state, count: Number(count) })), open };
}
