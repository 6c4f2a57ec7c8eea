import type { Clock } from '../exchange/clock.ts';
import type { FileEvent, PublicationFile } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

/** What was acknowledged is kept so many milliseconds longer, for whoever acknowledged too soon. */
export const AFTER_ACKNOWLEDGEMENT = 86_400_000;

type Needs = {
  readonly clock: Clock;
  /** Calls the function with the file while nothing else can become of it; expired with the event that it gives, if any. */
  readonly expireFile: (
    id: number,
    takeAway: (file: PublicationFile) => Promise<FileEvent | null>,
  ) => Promise<boolean>;
  /** Takes the file and its voucher away; nothing happens where they are gone. */
  readonly takeAway: (file: PublicationFile) => Promise<void>;
};

/**
 * Of a file whose retention is over, or that was acknowledged a day ago: takes it away. Its row stays, and can tell. The
 * row is held meanwhile: a file that is issued again is not taken away by whoever saw it before.
 */
export const expire =
  ({ clock, expireFile, takeAway }: Needs): Run =>
  async (id) => {
    const now = clock.now();
    await expireFile(Number(id), async (old) => {
      if (!isOver(old, now)) return null;
      await takeAway(old);
      const detail = old.state === 'written' ? 'it was never collected' : null;
      const { id: fileId, partyId } = old;
      return { fileId, partyId, what: 'expired', channel: null, remoteAddress: null, at: now, detail };
    });
  };

function isOver({ state, expiresAt, acknowledgedAt }: PublicationFile, now: Date): boolean {
  if (state === 'acknowledged' && acknowledgedAt !== null)
    if (acknowledgedAt.getTime() + AFTER_ACKNOWLEDGEMENT <= now.getTime()) return true;
  return ['written', 'collected', 'acknowledged'].includes(state) && expiresAt <= now;
}
