import type { Clock } from '../exchange/clock.ts';
import type { FileEvent, PublicationFile } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly clock: Clock;
  /** How many milliseconds before its end a file that nobody collected is spoken of. */
  readonly noticeBefore: number;
  readonly file: (id: number) => Promise<PublicationFile | null>;
  readonly eventsOf: (fileId: number) => Promise<readonly FileEvent[]>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  /** Lays the notice beside the file, where its subscriber finds it; nothing happens where it lies there. */
  readonly layNotice: (file: PublicationFile) => Promise<void>;
  /** Takes away what belongs to a file that is over. */
  readonly takeAway: (file: PublicationFile) => Promise<void>;
  /** Tells whoever looks after the bus. */
  readonly announceExpiry: (file: PublicationFile) => void;
};

/** Of a file that nobody has collected and that will be over before long: says so, once each time it was written. */
export const forewarn =
  (needs: Needs): Run =>
  async (id) => {
    const { file, eventsOf, noteEvent, layNotice, takeAway, announceExpiry } = needs;
    const waiting = await file(Number(id));
    const now = needs.clock.now();
    if (waiting === null || !isDue(waiting, now, needs.noticeBefore)) return;
    const since = waiting.writtenAt ?? waiting.closedAt;
    if ((await eventsOf(waiting.id)).some(({ what, at }) => what === 'expiring' && at >= since)) return;
    await layNotice(waiting);
    const after = await file(waiting.id);
    // It was taken away meanwhile, and its notice had come too late for that.
    if (after?.state === 'expired') return takeAway(after);
    await noteEvent({
      ...{ fileId: waiting.id, partyId: waiting.partyId, what: 'expiring', at: now },
      ...{ channel: null, remoteAddress: null, detail: `on ${waiting.expiresAt.toISOString()}` },
    });
    announceExpiry(waiting);
  };

const isDue = ({ state, expiresAt }: PublicationFile, now: Date, before: number) =>
  state === 'written' && expiresAt > now && expiresAt.getTime() - before <= now.getTime();
