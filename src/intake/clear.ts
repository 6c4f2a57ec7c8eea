import type { Clock } from '../exchange/clock.ts';
import type { Intake } from '../exchange/intake.ts';
import { duplicateReceiptName, keptData, keptVoucher, receiptName } from './names.ts';
import type { Run } from './step.ts';

/** What was laid down, and its receipt, are kept so many milliseconds after the file was taken or rejected. */
export const KEPT = 30 * 86_400_000;

type Needs = {
  readonly clock: Clock;
  readonly intake: (id: number) => Promise<Intake | null>;
  readonly laidDown: {
    readonly clear: (partyId: number, kept: readonly string[], receipts: readonly string[]) => Promise<void>;
  };
  readonly markCleared: (id: number, at: Date) => Promise<unknown>;
};

/** Of a file that was taken or rejected long ago: takes it and its receipts away. Its row stays, and can tell. */
export const clear =
  ({ clock, intake, laidDown, markCleared }: Needs): Run =>
  async (id) => {
    const file = await intake(Number(id));
    const now = clock.now();
    if (file?.endedAt == null || file.clearedAt !== null || file.receipt === null) return;
    if (file.endedAt.getTime() + KEPT > now.getTime()) return;
    const { voucherId, partyId } = file;
    await laidDown.clear(
      partyId,
      [keptData(voucherId), keptVoucher(voucherId)],
      [receiptName(file), duplicateReceiptName(voucherId)],
    );
    await markCleared(file.id, now);
  };
