import { type EntityManager, In, IsNull, LessThanOrEqual, type UpdateResult } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Intake, IntakeProblem, IntakeState, ReceiptStatus } from '../exchange/intake.ts';
import type { NewMutation } from '../exchange/subscription.ts';
import { type Accepted, acceptMutations, reusedReferences } from './accept-mutations.ts';
import { isDuplicate } from './duplicate.ts';
import type { Engine } from './engine.ts';
import { idsToDo } from './intake-sweep.ts';
import type { Rights } from './matching.ts';
import { untilNotRaced } from './publications.ts';
import { type IntakeRow, intakeTable } from './tables/intake.ts';

type Progress = 'takenRecords' | 'duplicates' | 'receipt' | 'clearedAt';
export type NewIntake = Omit<Intake, 'id' | Progress>;
type Id = { readonly id: number };

/** What is left out or null does not narrow. */
export type IntakeFilter = {
  readonly partyId?: number | null;
  readonly states?: readonly IntakeState[] | null;
  readonly limit: number;
};

/** Which records of a file a transaction takes: those after the first `from`, up to the one numbered `upTo`. */
export type Stretch = { readonly id: number; readonly from: number; readonly upTo: number };

/**
 * Files that parties lay down. The `mark…` verbs resolve, when that is durable, to whether they changed anything: a step
 * that is repeated, or that comes after a later one, does not.
 */
export type Intakes = {
  /** null: the party laid this voucher down before. */
  readonly addIntake: (intake: NewIntake) => Promise<Intake | null>;
  readonly intake: (id: number) => Promise<Intake | null>;
  readonly intakeOf: (partyId: number, voucherId: string) => Promise<Intake | null>;
  /** Latest first. */
  readonly intakes: (filter: IntakeFilter) => Promise<readonly Intake[]>;
  /** The last of the party's files of this flow that counts; null when none does yet. */
  readonly lastTaken: (flow: Pick<Intake, 'partyId' | 'service' | 'version'>) => Promise<Intake | null>;
  /** Files that wait for their number to be the next, and have it. */
  readonly heldAs: (
    flow: Pick<Intake, 'partyId' | 'service' | 'version' | 'sequence'>,
  ) => Promise<readonly Id[]>;
  readonly markHeld: (id: number, problems: readonly IntakeProblem[]) => Promise<boolean>;
  readonly markValidated: (id: number) => Promise<boolean>;
  readonly markRejected: (id: number, problems: readonly IntakeProblem[], at: Date) => Promise<boolean>;
  /** From now on it counts; false: its number is another file's, or it counted already. */
  readonly markTaking: (id: number) => Promise<boolean>;
  readonly markTaken: (id: number, at: Date) => Promise<boolean>;
  readonly markReceipt: (id: number, receipt: ReceiptStatus) => Promise<boolean>;
  readonly markCleared: (id: number, at: Date) => Promise<boolean>;
  readonly addProblems: (id: number, problems: readonly IntakeProblem[]) => Promise<void>;
  /** References that stand for something else already. */
  readonly reusedReferences: (
    batch: readonly NewMutation[],
    authorPartyId: number,
  ) => Promise<readonly string[]>;
  /**
   * As `acceptMutations`, of a stretch of a file, and in the same transaction: it is taken once, whoever else is at it.
   * Throws ReferenceReused; nothing of the stretch is taken then.
   */
  readonly takeMutations: (
    stretch: Stretch,
    batch: readonly NewMutation[],
    authorPartyId: number,
  ) => Promise<Accepted>;
  /** Files with something left to do, oldest first: to be looked at, taken, or told of. */
  readonly intakesToDo: (limit: number) => Promise<readonly Id[]>;
  /** Files that were taken or rejected by that moment, and that were not taken away yet. */
  readonly intakesToClear: (endedBy: Date, limit: number) => Promise<readonly Id[]>;
};

const intakeOf = ({ problems, takenAs: _, ...row }: IntakeRow): Intake => ({
  ...row,
  problems: JSON.parse(problems),
});
const orNull = (row: IntakeRow | null) => row && intakeOf(row);

/**
 * Says in a file's row that this stretch of its records is taken. To be called first in the transaction that takes
 * them: whoever else is at it waits for the row, and finds that the stretch is not the next any more.
 *
 * @throws Error then, and where the file does not count
 */
export async function advanceIntake(manager: EntityManager, { id, from, upTo }: Stretch): Promise<void> {
  const where = { id, state: 'taking', takenRecords: from } as const;
  if (!changed(await manager.update(intakeTable, where, { takenRecords: upTo })))
    throw new Error(`record ${from + 1} is not the next one to be taken of intake ${id}`);
}

const changed = ({ affected }: UpdateResult) => (affected ?? 0) > 0;

export const keepIntakes = (
  { read, write, writeLive }: Pick<Engine, 'read' | 'write' | 'writeLive'>,
  rights: () => Rights,
  clock: Clock,
): Intakes => {
  /** Only from these states, so that a late or repeated step cannot undo what came after. */
  const move = (id: number, from: readonly IntakeState[], to: Partial<IntakeRow>) =>
    write(async (manager) => changed(await manager.update(intakeTable, { id, state: In([...from]) }, to)));
  const find = (work: (manager: EntityManager) => Promise<IntakeRow | null>) =>
    read(async (manager) => orNull(await work(manager)));
  /** null where another row has a key that this one would get. */
  const unlessDuplicate = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (isDuplicate(error)) return null;
      throw error;
    }
  };
  const problemsAs = (problems: readonly IntakeProblem[]) => JSON.stringify(problems);

  return {
    addIntake: ({ problems, ...intake }) =>
      unlessDuplicate(() =>
        write(async (manager) => {
          const none = { takenRecords: 0, duplicates: 0, receipt: null, clearedAt: null, takenAs: null };
          const row = { ...intake, ...none, problems: problemsAs(problems) };
          const inserted = await manager.insert(intakeTable, row);
          return intakeOf({ ...row, id: Number(inserted.identifiers[0]?.id) });
        }),
      ),
    intake: (id) => find((manager) => manager.findOneBy(intakeTable, { id })),
    intakeOf: (partyId, voucherId) =>
      find((manager) => manager.findOneBy(intakeTable, { partyId, voucherId })),
    intakes: ({ partyId, states, limit }) =>
      read(async (manager) => {
        const where = {
          ...(partyId ? { partyId } : {}),
          ...(states ? { state: In([...states]) } : {}),
        };
        const rows = await manager.find(intakeTable, { where, order: { id: 'DESC' }, take: limit });
        return rows.map(intakeOf);
      }),
    lastTaken: ({ partyId, service, version }) =>
      find((manager) =>
        manager
          .createQueryBuilder(intakeTable, 'intake')
          .where({ partyId, service, version })
          .andWhere('intake.takenAs IS NOT NULL')
          .orderBy('intake.takenAs', 'DESC')
          .limit(1)
          .getOne(),
      ),
    heldAs: ({ partyId, service, version, sequence }) =>
      read((manager) =>
        manager.find(intakeTable, {
          ...{ select: { id: true }, where: { partyId, service, version, sequence, state: 'held' as const } },
          order: { id: 'ASC' },
        }),
      ),
    markHeld: (id, problems) => move(id, ['received'], { state: 'held', problems: problemsAs(problems) }),
    markValidated: (id) => move(id, ['received', 'held'], { state: 'validated', problems: problemsAs([]) }),
    markRejected: (id, problems, at) =>
      move(id, ['received', 'held', 'validated'], {
        ...{ state: 'rejected', problems: problemsAs(problems), endedAt: at },
      }),
    markTaking: async (id) => {
      const done = await unlessDuplicate(() =>
        write(async (manager) => {
          const row = await manager.findOneBy(intakeTable, { id });
          if (row?.state !== 'validated') return false;
          const to = { state: 'taking' as const, takenAs: row.sequence };
          return changed(await manager.update(intakeTable, { id, state: 'validated' }, to));
        }),
      );
      return done ?? false;
    },
    markTaken: (id, at) => move(id, ['taking'], { state: 'taken', endedAt: at }),
    markReceipt: (id, receipt) =>
      write(async (manager) => changed(await manager.update(intakeTable, { id }, { receipt }))),
    markCleared: (id, at) => move(id, ['taken', 'rejected'], { clearedAt: at }),
    addProblems: (id, problems) =>
      write(async (manager) => {
        const row = await manager.findOneByOrFail(intakeTable, { id });
        const all = [...intakeOf(row).problems, ...problems];
        await manager.update(intakeTable, { id }, { problems: problemsAs(all) });
      }),
    reusedReferences: (batch, author) => read((manager) => reusedReferences(manager, batch, author)),
    takeMutations: (stretch, batch, author) =>
      untilNotRaced(() =>
        writeLive(async (manager) => {
          await advanceIntake(manager, stretch);
          const accepted = await acceptMutations(manager, batch, author, rights(), clock.now());
          if (accepted.duplicates > 0)
            await manager.increment(intakeTable, { id: stretch.id }, 'duplicates', accepted.duplicates);
          return accepted;
        }),
      ),
    intakesToDo: (limit) => read((manager) => idsToDo(manager, limit)),
    intakesToClear: (endedBy, limit) =>
      read((manager) =>
        manager.find(intakeTable, {
          ...{ select: { id: true }, where: { clearedAt: IsNull(), endedAt: LessThanOrEqual(endedBy) } },
          ...{ order: { id: 'ASC' as const }, take: limit },
        }),
      ),
  };
};
