import { type EntityManager, type FindOptionsWhere, In, IsNull } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import { overlaps } from '../exchange/days.ts';
import type { Subject } from '../exchange/party.ts';
import { merge } from '../exchange/periods.ts';
import type { Reference, ReferencesTo } from '../exchange/reference.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { THE_BUS } from './changes.ts';
import type { Engine } from './engine.ts';
import { sealChange } from './sealed-changes.ts';
import { changeLogTable } from './tables/change-log.ts';
import { changeStampTable } from './tables/change-stamp.ts';
import { type SourceReferenceRow, sourceReferenceTable } from './tables/source-reference.ts';

/** What is null does not narrow. */
export type ReferenceFilter = {
  readonly dataType: string | null;
  readonly subject: Subject | null;
  readonly source: string | null;
};

/** The reference repertory: which source holds which kind of data about whom, from when until when. */
export type References = {
  readonly referencesTo: ReferencesTo;
  readonly references: (filter: ReferenceFilter, limit: number) => Promise<readonly Reference[]>;
  /** All or none. A line that overlaps others of the same data at the same source becomes one line with them. */
  readonly addReferences: (lines: readonly Reference[], who?: string) => Promise<void>;
  /** Takes away whatever fits; resolves to what it took. */
  readonly removeReferences: (filter: ReferenceFilter, who: string) => Promise<readonly Reference[]>;
};

const referenceOf = (row: SourceReferenceRow): Reference => ({
  dataType: row.dataType,
  subject: { kind: row.subjectKind, number: row.subjectNumber },
  source: row.source,
  heldAs: row.heldAs,
  begin: row.beginDay,
  end: row.endDay,
});

const rowOf = ({ dataType, subject, source, heldAs, begin, end }: Reference) => ({
  ...{ dataType, subjectKind: subject.kind, subjectNumber: subject.number },
  ...{ source, heldAs, beginDay: begin, endDay: end },
});

const whereOf = ({ dataType, subject, source }: ReferenceFilter): FindOptionsWhere<SourceReferenceRow> => ({
  ...(dataType === null ? {} : { dataType }),
  ...(subject === null ? {} : { subjectKind: subject.kind, subjectNumber: subject.number }),
  ...(source === null ? {} : { source }),
});

const nameOf = ({ dataType, subject, source }: Reference) =>
  `${dataType} of ${subject.kind} ${subject.number} at ${source}`;

type Hand = { readonly who: string; readonly at: Date; readonly keys: SubjectKeys };

const noteReference = (
  manager: EntityManager,
  { who, at, keys }: Hand,
  before: readonly Reference[],
  after: Reference | null,
) => {
  const [first] = before;
  const about = after ?? first;
  const texts = {
    name: about ? nameOf(about) : '',
    before: first === undefined ? null : JSON.stringify(before),
    after: after === null ? null : JSON.stringify(after),
  };
  return manager.insert(changeLogTable, { who, at, kind: 'reference', ...sealChange(texts, keys) });
};

const add = async (manager: EntityManager, line: Reference, hand: Hand): Promise<void> => {
  const { beginDay: _, endDay: __, heldAs, ...key } = rowOf(line);
  const rows = await manager.findBy(sourceReferenceTable, { ...key, heldAs: heldAs ?? IsNull() });
  const lines = rows.map((row) => ({ ...referenceOf(row), id: row.id }));
  const { period, absorbed } = merge(lines, line);
  const merged = { ...line, ...period };
  const met = absorbed.map(({ id: _, ...each }) => each);
  const [only, ...others] = met;
  if (only && others.length === 0 && JSON.stringify(only) === JSON.stringify(merged)) return;
  if (met.length > 0) await manager.delete(sourceReferenceTable, { id: In(absorbed.map(({ id }) => id)) });
  await manager.insert(sourceReferenceTable, rowOf(merged));
  await noteReference(manager, hand, met, merged);
};

export const keepReferences = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  clock: Clock,
  keys: SubjectKeys,
): References => {
  const change = <T>(who: string, work: (manager: EntityManager, hand: Hand) => Promise<T>): Promise<T> =>
    write(async (manager) => {
      // First of all, so that changes queue up on this row instead of meeting each other halfway.
      await manager.increment(changeStampTable, { id: 1 }, 'counter', 1);
      return work(manager, { who: who.slice(0, 255), at: clock.now(), keys });
    });
  return {
    referencesTo: ({ dataType, subject, ...days }) =>
      read(async (manager) => {
        const where = whereOf({ dataType, subject, source: null });
        const rows = await manager.find(sourceReferenceTable, { where, order: { id: 'ASC' } });
        return rows.map(referenceOf).filter((line) => overlaps(line, days));
      }),
    references: (filter, limit) =>
      read(async (manager) =>
        (
          await manager.find(sourceReferenceTable, {
            where: whereOf(filter),
            order: { id: 'ASC' },
            take: limit,
          })
        ).map(referenceOf),
      ),
    addReferences: (lines, who = THE_BUS) =>
      change(who, async (manager, hand) => {
        for (const line of lines) await add(manager, line, hand);
      }),
    removeReferences: (filter, who) =>
      change(who, async (manager, hand) => {
        const where = whereOf(filter);
        if (Object.keys(where).length === 0) throw new Error('what is to be removed must be said');
        const found = (await manager.findBy(sourceReferenceTable, where)).map(referenceOf);
        if (found.length > 0) await manager.delete(sourceReferenceTable, where);
        for (const line of found) await noteReference(manager, hand, [line], null);
        return found;
      }),
  };
};
