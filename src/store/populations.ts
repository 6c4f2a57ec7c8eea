import type { EntityManager } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Days } from '../exchange/days.ts';
import type { Subject } from '../exchange/party.ts';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { notePopulation } from './changes.ts';
import type { Engine } from './engine.ts';
import { populationMemberTable } from './tables/population-member.ts';

/** Somebody of a target population, from `begin` until `end` (both inclusive; null is open). */
export type Member = { readonly subject: Subject; readonly begin: string; readonly end: Days['end'] };

export type Populations = {
  readonly populations: () => Promise<readonly { readonly name: string; readonly members: number }[]>;
  /** Earliest first. */
  readonly membershipsOf: (population: string, subject: Subject) => Promise<readonly Member[]>;
  /**
   * All of them or none, in one transaction; `replace` takes away whoever was there. Somebody who is there since the
   * same day gets the new last day. `progress` is told how many have been written.
   */
  readonly putMembers: (
    population: string,
    members: readonly Member[],
    how: { readonly replace: boolean; readonly who: string; readonly progress: (written: number) => void },
  ) => Promise<void>;
  /** How many lines there were; `subject` null: everybody's. */
  readonly removeMembers: (population: string, subject: Subject | null, who: string) => Promise<number>;
};

/** Rows of one statement: SQLite takes 32 766 values in one, a server a packet of some megabytes. */
const BATCH = 1_000;
const KEY = ['population', 'subjectKind', 'subjectNumber', 'beginDay'] as const;

const rowOf = (population: string, { subject, begin, end }: Member) => ({
  ...{ population, subjectKind: subject.kind, subjectNumber: subject.number, beginDay: begin, endDay: end },
});

const about = (population: string, { kind, number }: Subject) => ({
  ...{ population, subjectKind: kind, subjectNumber: number },
});

const countsOf = async (manager: EntityManager) => {
  const rows: readonly { readonly name: string; readonly members: number | string }[] = await manager.query(
    'SELECT population AS name, COUNT(*) AS members FROM population_member GROUP BY population ORDER BY population',
  );
  return rows.map(({ name, members }) => ({ name, members: Number(members) }));
};

/** Target populations. They can be large, so that none is ever held in memory by what decides on questions. */
export const keepPopulations = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  clock: Clock,
  keys: SubjectKeys,
): Populations => ({
  populations: () => read(countsOf),
  membershipsOf: (population, subject) =>
    read(async (manager) => {
      const where = about(population, subject);
      const rows = await manager.find(populationMemberTable, { where, order: { beginDay: 'ASC' } });
      return rows.map(({ beginDay, endDay }) => ({ subject, begin: beginDay, end: endDay }));
    }),
  putMembers: (population, members, { replace, who, progress }) =>
    write(async (manager) => {
      const before = await manager.countBy(populationMemberTable, { population });
      if (replace) await manager.delete(populationMemberTable, { population });
      for (let at = 0; at < members.length; at += BATCH) {
        const rows = members.slice(at, at + BATCH).map((member) => rowOf(population, member));
        await manager.upsert(populationMemberTable, rows, [...KEY]);
        progress(Math.min(at + BATCH, members.length));
      }
      const after = await manager.countBy(populationMemberTable, { population });
      const only = members.length === 1 ? members[0] : null;
      const hand = { who, at: clock.now() };
      const images = { before: { members: before }, after: { members: after, put: only ?? members.length } };
      await notePopulation(manager, population, images, hand, keys);
    }),
  removeMembers: (population, subject, who) =>
    write(async (manager) => {
      const before = await manager.countBy(populationMemberTable, { population });
      const which = subject ? about(population, subject) : { population };
      const gone = await manager.countBy(populationMemberTable, which);
      if (gone === 0) return 0;
      await manager.delete(populationMemberTable, which);
      const hand = { who, at: clock.now() };
      const after = { members: before - gone, removed: subject ?? 'everybody' };
      await notePopulation(manager, population, { before: { members: before }, after }, hand, keys);
      return gone;
    }),
});
