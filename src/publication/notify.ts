import type { FileEvent, PublicationFile } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly file: (id: number) => Promise<PublicationFile | null>;
  readonly eventsOf: (fileId: number) => Promise<readonly FileEvent[]>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  /** Tells whoever looks after the bus. */
  readonly announce: (file: PublicationFile) => void;
};

/** Of a file that was written: notes that it lies ready, once, and tells. */
export const notify =
  ({ file, eventsOf, noteEvent, announce }: Needs): Run =>
  async (id) => {
    const written = await file(Number(id));
    if (written === null || written.writtenAt === null) return;
    if ((await eventsOf(written.id)).some(({ what }) => what === 'written')) return;
    await noteEvent({
      ...{ fileId: written.id, partyId: written.partyId, what: 'written', at: written.writtenAt },
      ...{ channel: null, remoteAddress: null, detail: null },
    });
    announce(written);
  };
