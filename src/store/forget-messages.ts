import { In, LessThan } from 'typeorm';
import type { Engine } from './engine.ts';
import { seenMessageTable } from './tables/seen-message.ts';

/** Rows of one transaction: nobody who is sent a message waits for longer. */
const AT_ONCE = 1_000;

/** How far a clock may be put back before what it had let lapse could be sent again, in milliseconds. */
const PUT_BACK = 10 * 60_000;

/** Forgets the messages that nobody could send again, and returns how many that were. */
export const forgetMessages =
  ({ write }: Pick<Engine, 'write'>) =>
  async (now: Date): Promise<number> => {
    const lapsed = { until: LessThan(new Date(now.getTime() - PUT_BACK)) };
    for (let forgotten = 0; ; ) {
      const count = await write(async (manager) => {
        const rows = await manager.find(seenMessageTable, {
          where: lapsed,
          select: { key: true },
          take: AT_ONCE,
        });
        if (rows.length > 0) await manager.delete(seenMessageTable, { key: In(rows.map(({ key }) => key)) });
        return rows.length;
      });
      forgotten += count;
      if (count < AT_ONCE) return forgotten;
    }
  };
