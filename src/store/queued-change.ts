import type { EntityManager } from 'typeorm';
import type { Clock } from '../exchange/clock.ts';
import type { Hand } from './changes.ts';
import type { Engine } from './engine.ts';
import { changeStampTable } from './tables/change-stamp.ts';

/** Changes what every process decides by: one after the other, and known to this process when it resolves. */
export const queuedChange =
  ({ write }: Pick<Engine, 'write'>, changed: () => Promise<void>, clock: Clock) =>
  async <T>(who: string, work: (manager: EntityManager, hand: Hand) => Promise<T>): Promise<T> => {
    const result = await write(async (manager) => {
      // First of all, so that changes queue up on this row instead of meeting each other halfway.
      await manager.increment(changeStampTable, { id: 1 }, 'counter', 1);
      return work(manager, { who, at: clock.now() });
    });
    await changed();
    return result;
  };
