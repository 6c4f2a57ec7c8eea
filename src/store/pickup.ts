import type { EntityManager } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { PickupAccess } from '../exchange/pickup.ts';
import { noteAs } from './changes.ts';
import type { Engine } from './engine.ts';
import { partyTable } from './tables/party.ts';
import { type PickupAccessRow, pickupAccessTable } from './tables/pickup-access.ts';

/** Under which names parties come in for pick-up. */
export type PickupAccesses = {
  readonly pickupAccesses: () => Promise<readonly PickupAccess[]>;
  readonly pickupAccessOf: (userName: string) => Promise<PickupAccess | null>;
  /** Written down with who did it, as every change. Throws when another access has the name. */
  readonly addPickupAccess: (access: Omit<PickupAccess, 'id'>, who: string) => Promise<PickupAccess>;
  /** false: there is none of this name. Who is in under it opens nothing more. */
  readonly removePickupAccess: (userName: string, who: string) => Promise<boolean>;
};

const accessOf = ({ kind, ...row }: PickupAccessRow): PickupAccess => ({
  ...row,
  // Only this file writes this column.
  kind: kind as PickupAccess['kind'],
});

/** As it is written down: keys are public, of a password nothing is told. */
const image = async (manager: EntityManager, { id: _, partyId, secret, ...access }: PickupAccess) => {
  const { name } = await manager.findOneByOrFail(partyTable, { id: partyId });
  return { party: name, ...access, ...(access.kind === 'key' ? { keys: secret.split('\n') } : {}) };
};

export const keepPickupAccesses = (
  { read, write }: Pick<Engine, 'read' | 'write'>,
  clock: Clock,
): PickupAccesses => ({
  pickupAccesses: () =>
    read(async (manager) =>
      (await manager.find(pickupAccessTable, { order: { userName: 'ASC' } })).map(accessOf),
    ),
  pickupAccessOf: (userName) =>
    read(async (manager) => {
      const row = await manager.findOneBy(pickupAccessTable, { userName });
      return row ? accessOf(row) : null;
    }),
  addPickupAccess: (access, who) =>
    write(async (manager) => {
      if (await manager.findOneBy(pickupAccessTable, { userName: access.userName }))
        throw new Error(`there is an access of the name ${access.userName} already`);
      const inserted = await manager.insert(pickupAccessTable, { ...access });
      const made = { ...access, id: Number(inserted.identifiers[0]?.id) };
      const after = await image(manager, made);
      await noteAs(
        manager,
        { kind: 'pickup', name: access.userName, before: null, after },
        { who, at: clock.now() },
      );
      return made;
    }),
  removePickupAccess: (userName, who) =>
    write(async (manager) => {
      const row = await manager.findOneBy(pickupAccessTable, { userName });
      if (!row) return false;
      const before = await image(manager, accessOf(row));
      await manager.delete(pickupAccessTable, { id: row.id });
      await noteAs(
        manager,
        { kind: 'pickup', name: userName, before, after: null },
        { who, at: clock.now() },
      );
      return true;
    }),
});
