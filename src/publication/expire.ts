import type { Clock } from '../exchange/clock.ts';
import type { FileEvent, PublicationFile } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

/** What was acknowledged is kept so many milliseconds longer, for whoever acknowledged too soon. */
export const AFTER_ACKNOWLEDGEMENT = 86_400_000;

type Needs = {
  readonly clock: Clock;
  readonly file: (id: number) => Promise<PublicationFile | null>;
  /** Takes the file and its voucher away; nothing happens where they are gone. */
  readonly takeAway: (file: PublicationFile) => Promise<void>;
  readonly markExpired: (id: number) => Promise<boolean>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
};

/** Of a file whose retention is over, or that was acknowledged a day ago: takes it away. Its row stays, and can tell. */
export const expire =
  ({ clock, file, takeAway, markExpired, noteEvent }: Needs): Run =>
  async (id) => {
    const old = await file(Number(id));
    const now = clock.now();
    if (old === null || !isOver(old, now)) return;
    await takeAway(old);
    if (!(await markExpired(old.id))) return;
    const detail = old.state === 'written' ? 'it was never collected' : null;
    const { id: fileId, partyId } = old;
    await noteEvent({
      ...{ fileId, partyId, what: 'expired', channel: null, remoteAddress: null, at: now, detail },
    });
  };

function isOver({ state, expiresAt, acknowledgedAt }: PublicationFile, now: Date): boolean {
  if (state === 'acknowledged' && acknowledgedAt !== null)
    if (acknowledgedAt.getTime() + AFTER_ACKNOWLEDGEMENT <= now.getTime()) return true;
  return ['written', 'collected', 'acknowledged'].includes(state) && expiresAt <= now;
}
