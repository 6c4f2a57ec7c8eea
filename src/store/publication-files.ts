import { type EntityManager, In, IsNull } from 'typeorm';
import type { Delivered, FileEvent, FileState, PublicationFile } from '../exchange/subscription.ts';
import { type Hand, noteRetry } from './changes.ts';
import type { Engine } from './engine.ts';
import { recordsAfter } from './records.ts';
import { fileEventTable } from './tables/file-event.ts';
import { type PublicationFileRow, publicationFileTable } from './tables/publication-file.ts';
import { questionBatchTable } from './tables/question-batch.ts';

/** What is left out or null does not narrow. */
export type FileFilter = {
  readonly partyId?: number | null;
  readonly subscriptionId?: number | null;
  readonly states?: readonly FileState[] | null;
  readonly name?: string | null;
  readonly limit: number;
};

/**
 * The `mark…` verbs say what has come of a file. Each resolves when that is durable, to whether it changed anything: a
 * step that is repeated, or that comes after a later one, does not.
 */
export type PublicationFiles = {
  /** Oldest first. */
  readonly filesIn: (state: FileState, limit: number) => Promise<readonly PublicationFile[]>;
  /** Latest first. */
  readonly files: (filter: FileFilter) => Promise<readonly PublicationFile[]>;
  readonly file: (id: number) => Promise<PublicationFile | null>;
  /** In the order of the deliveries, a page in memory at a time; the same whenever it is asked for again. */
  readonly recordsOf: (fileId: number) => AsyncIterable<Delivered>;
  /** A snapshot of which each question has its answer becomes a file that is to be written. */
  readonly markAsked: (fileId: number) => Promise<boolean>;
  readonly markWritten: (fileId: number, written: Written) => Promise<boolean>;
  /** Counts an attempt. The file can still be written later. */
  readonly markFailed: (fileId: number, error: string) => Promise<boolean>;
  /**
   * A failed file goes back among those that are to be written, or whose questions are to be asked.
   *
   * @param lastTime what a question is told now is its answer, whatever it is; also of a file that did not fail yet
   */
  readonly markRetried: (fileId: number, lastTime: boolean, hand: Hand) => Promise<boolean>;
  /** A file that was written before goes back among those that are to be written, to be kept until another day. */
  readonly markReissued: (fileId: number, expiresAt: Date) => Promise<boolean>;
  readonly markCollected: (fileId: number, at: Date) => Promise<boolean>;
  readonly markAcknowledged: (fileId: number, at: Date) => Promise<boolean>;
  /**
   * Calls `takeAway` while nothing else can become of the file: whoever changes its row waits until it has resolved (it
   * must not wait for this store itself). The file is expired then, with what `takeAway` tells of it; null: nothing
   * changes. Resolves to whether it was expired.
   */
  readonly expireFile: (fileId: number, takeAway: TakeAway) => Promise<boolean>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  /** Oldest first. */
  readonly eventsOf: (fileId: number) => Promise<readonly FileEvent[]>;
};

type TakeAway = (file: PublicationFile) => Promise<FileEvent | null>;

export type Written = {
  readonly records: number;
  readonly size: number;
  readonly sha256: string;
  readonly at: Date;
};

const fileOf = ({ visible, ...row }: PublicationFileRow): PublicationFile => ({
  ...row,
  visible: JSON.parse(visible),
});

const find = async (manager: EntityManager, { limit, ...filter }: FileFilter) => {
  const { partyId, subscriptionId, states, name } = filter;
  const where = {
    ...(partyId ? { partyId } : {}),
    ...(subscriptionId ? { subscriptionId } : {}),
    ...(states ? { state: In([...states]) } : {}),
    ...(name ? { name } : {}),
  };
  const rows = await manager.find(publicationFileTable, { where, order: { id: 'DESC' }, take: limit });
  return rows.map(fileOf);
};

/** SQLite has one writer at a time anyway. */
const forChange = ({ dataSource }: EntityManager) =>
  dataSource.options.type === 'mysql' ? { lock: { mode: 'pessimistic_write' as const } } : {};

const moveFile = async (
  manager: EntityManager,
  id: number,
  from: readonly FileState[],
  to: Partial<PublicationFileRow>,
): Promise<boolean> => {
  const { affected } = await manager.update(publicationFileTable, { id, state: In([...from]) }, to);
  return (affected ?? 0) > 0;
};

const batchOf = (fileId: number) => ({ owner: 'file' as const, ownerId: fileId });

/** What failed of a snapshot is its writing where each question has an answer, and else its asking. */
export const retryFile = async (
  manager: EntityManager,
  id: number,
  lastTime: boolean,
  hand: Hand,
): Promise<boolean> => {
  const batch = await manager.findOneBy(questionBatchTable, batchOf(id));
  const isOpen = batch !== null && batch.answeredAt === null;
  const from: FileState[] = isOpen && lastTime ? ['asking', 'failed'] : ['failed'];
  if (!(await moveFile(manager, id, from, { state: isOpen ? 'asking' : 'closed' }))) return false;
  const failed = { ...batchOf(id), state: In(['asking', 'failed']) };
  await manager.update(questionBatchTable, failed, {
    ...{ state: isOpen ? 'asking' : 'answered', lastTime, lastError: null },
  });
  await noteRetry(manager, { kind: 'publication', name: `file ${id}` }, lastTime, hand);
  return true;
};

const ERROR_LENGTH = 4_000;

/** What has become of the files that were closed, and of those who fetch them. */
export const keepFiles = ({ read, write }: Pick<Engine, 'read' | 'write'>): PublicationFiles => {
  /** Only from these states, so that a late or repeated step cannot undo what came after. */
  const move = (id: number, from: readonly FileState[], to: Partial<PublicationFileRow>) =>
    write((manager) => moveFile(manager, id, from, to));
  const fileById = (id: number) =>
    read(async (manager) => {
      const row = await manager.findOneBy(publicationFileTable, { id });
      return row && fileOf(row);
    });

  return {
    filesIn: (state, limit) =>
      read(async (manager) =>
        (
          await manager.find(publicationFileTable, { where: { state }, order: { id: 'ASC' }, take: limit })
        ).map(fileOf),
      ),
    files: (filter) => read((manager) => find(manager, filter)),
    file: fileById,
    recordsOf: async function* (fileId) {
      const file = await fileById(fileId);
      if (file === null) throw new Error(`there is no publication file ${fileId}`);
      for (let after = 0; ; ) {
        const page = await read((manager) => recordsAfter(manager, file, after));
        yield* page;
        const last = page.at(-1);
        if (!last) return;
        after = last.deliveryId;
      }
    },
    markWritten: (id, { at, ...facts }) =>
      move(id, ['closed', 'failed'], { ...facts, state: 'written', writtenAt: at, lastError: null }),
    markFailed: (id, error) =>
      write(async (manager) => {
        const where = { id, state: In(['asking', 'closed', 'failed']) };
        const lastError = error.slice(0, ERROR_LENGTH);
        const { affected } = await manager.update(publicationFileTable, where, {
          ...{ state: 'failed', lastError },
          attempts: () => 'attempts + 1',
        });
        return (affected ?? 0) > 0;
      }),
    markAsked: (id) =>
      write(async (manager) => {
        if (!(await manager.existsBy(questionBatchTable, { ...batchOf(id), state: 'answered' })))
          return false;
        return moveFile(manager, id, ['asking'], { state: 'closed', lastError: null });
      }),
    markRetried: (id, lastTime, hand) => write((manager) => retryFile(manager, id, lastTime, hand)),
    markReissued: (id, expiresAt) =>
      move(id, ['written', 'collected', 'acknowledged', 'expired'], {
        ...{ state: 'closed', expiresAt, collectedAt: null, acknowledgedAt: null },
      }),
    markCollected: (id, at) => move(id, ['written'], { state: 'collected', collectedAt: at }),
    markAcknowledged: (id, at) =>
      write(async (manager) => {
        await manager.update(
          publicationFileTable,
          { id, state: 'written', collectedAt: IsNull() },
          { collectedAt: at },
        );
        const { affected } = await manager.update(
          publicationFileTable,
          { id, state: In(['written', 'collected']) },
          { state: 'acknowledged', acknowledgedAt: at },
        );
        return (affected ?? 0) > 0;
      }),
    expireFile: (id, takeAway) =>
      write(async (manager) => {
        const row = await manager.findOne(publicationFileTable, { where: { id }, ...forChange(manager) });
        const event = row && (await takeAway(fileOf(row)));
        if (event === null) return false;
        await manager.update(publicationFileTable, { id }, { state: 'expired' });
        await manager.insert(fileEventTable, { ...event });
        return true;
      }),
    noteEvent: (event) => write(async (manager) => void (await manager.insert(fileEventTable, { ...event }))),
    eventsOf: (fileId) =>
      read(async (manager) =>
        (await manager.find(fileEventTable, { where: { fileId }, order: { id: 'ASC' } })).map(
          ({ id: _, ...event }) => event,
        ),
      ),
  };
};
