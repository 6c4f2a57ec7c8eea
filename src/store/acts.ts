import { type EntityManager, In, IsNull, MoreThan } from 'typeorm';
import type { Act, ActFilter, ActRecord, Outcome } from '../exchange/act.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Engine } from './engine.ts';
import { type ChangeRow, changeLogTable } from './tables/change-log.ts';

/** Acts of operators: each has a row from before it begins, and one behind it. Neither is ever written again. */
export type Acts = {
  /** Resolves when it would survive a power cut; what is not written down must not be done. */
  readonly beginAct: (act: Act) => Promise<void>;
  readonly endAct: (act: Act, outcome: Outcome, reason: string | null) => Promise<void>;
  /** Latest first. */
  readonly acts: (filter: ActFilter) => Promise<readonly ActRecord[]>;
};

/** What rows of acts are called in the log of changes. */
export const ACT = 'act';

const rowOf = ({ who, verb }: Act, at: Date) => ({
  ...{ at, who: who.slice(0, 255), kind: ACT, name: verb.slice(0, 1000) },
});

/** The row behind an act has its id where a change has what was there before. */
const ends = (id: string) => JSON.stringify(id);

export const keepActs = ({ read, write }: Pick<Engine, 'read' | 'write'>, clock: Clock): Acts => ({
  beginAct: (act) =>
    write(async (manager) => {
      const { id, host, behind, given } = act;
      const after = JSON.stringify({ id, host, behind, given });
      await manager.insert(changeLogTable, { ...rowOf(act, clock.now()), before: null, after });
    }),
  endAct: (act, outcome, reason) =>
    write(async (manager) => {
      const images = { before: ends(act.id), after: JSON.stringify({ outcome, reason }) };
      await manager.insert(changeLogTable, { ...rowOf(act, clock.now()), ...images });
    }),
  acts: (filter) => read((manager) => readActs(manager, filter)),
});

const readActs = async (manager: EntityManager, { who, verb, limit }: ActFilter): Promise<ActRecord[]> => {
  const narrowed = { ...(who ? { who } : {}), ...(verb ? { name: verb } : {}) };
  const begun = await manager.find(changeLogTable, {
    where: { kind: ACT, before: IsNull(), ...narrowed },
    order: { id: 'DESC' },
    take: limit,
  });
  const read = begun.map((row) => ({ row, ...beginOf(row) }));
  const earliest = begun.at(-1);
  if (!earliest) return [];
  const behind = await manager.findBy(changeLogTable, {
    kind: ACT,
    id: MoreThan(earliest.id),
    before: In(read.map(({ id }) => ends(id))),
  });
  const endOf = new Map(behind.map((row) => [row.before, row]));
  return read.map(({ row, ...rest }) => {
    const end = endOf.get(ends(rest.id));
    const { outcome, reason } = end ? endIn(end) : NOT_ENDED;
    return { ...rest, who: row.who, verb: row.name, at: row.at, ended: end?.at ?? null, outcome, reason };
  });
};

const NOT_ENDED = { outcome: null, reason: null };

// Only this file writes these rows.
const beginOf = ({ after }: ChangeRow): Pick<Act, 'id' | 'host' | 'behind' | 'given'> =>
  JSON.parse(after ?? 'null');
const endIn = ({ after }: ChangeRow): Pick<ActRecord, 'outcome' | 'reason'> => JSON.parse(after ?? 'null');
