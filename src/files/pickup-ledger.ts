import type { Clock } from '../exchange/clock.ts';
import type { Caller, Ledger, Tray } from '../exchange/pickup.ts';
import type { FileEvent, PublicationFile } from '../exchange/subscription.ts';
import { bytesIn, coversAll, readRanges, writeRanges } from './byte-ranges.ts';

type Found = Pick<PublicationFile, 'id' | 'name' | 'state'>;

type Needs = {
  /** The publication whose data file has this name, or whose voucher. */
  readonly fileNamed: (partyId: number, name: string) => Promise<Found | null>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  readonly eventsOf: (fileId: number) => Promise<readonly Pick<FileEvent, 'what' | 'detail'>[]>;
  readonly markCollected: (fileId: number, at: Date) => Promise<unknown>;
  /** A file in To_Vip is whole and has its name. */
  readonly onLaidDown: (partyId: number, name: string) => void;
  readonly clock: Clock;
};

// What a client sends as a name may be as long as it likes.
const MAX_DETAIL = 2000;

/**
 * Writes pick-ups down. A publication is collected when every byte of it left the bus to its party, in one go or in
 * pieces: those of earlier, broken fetches are in the events, also from another process or before a restart.
 */
export function keepLedger({
  fileNamed,
  noteEvent,
  eventsOf,
  markCollected,
  onLaidDown,
  clock,
}: Needs): Ledger {
  const publicationAt = (caller: Caller, tray: Tray, name: string) =>
    tray === 'Publicaties' || tray === 'cache' ? fileNamed(caller.partyId, name) : Promise.resolve(null);

  const note = (caller: Caller, what: FileEvent['what'], fileId: number | null, detail: string) =>
    noteEvent({
      fileId,
      partyId: caller.partyId,
      what,
      channel: caller.channel,
      remoteAddress: caller.remoteAddress,
      at: clock.now(),
      detail: `${caller.as}: ${detail}`.slice(0, MAX_DETAIL),
    });

  async function isCollected(fileId: number, name: string, size: number): Promise<boolean> {
    const events = (await eventsOf(fileId)).filter(
      ({ what, detail }) => what === 'picked-up' && detail?.includes(`/${name} `),
    );
    return coversAll(
      events.flatMap(({ detail }) => readRanges(detail ?? '', size)),
      size,
    );
  }

  return {
    opened: async (caller, tray, name) => {
      const file = await publicationAt(caller, tray, name);
      await note(caller, 'opened', file?.id ?? null, `${tray}/${name}`);
    },
    sent: async (caller, tray, { name, size, ranges }) => {
      if (bytesIn(ranges) === 0 && size > 0) return;
      const file = await publicationAt(caller, tray, name);
      await note(caller, 'picked-up', file?.id ?? null, `${tray}/${name} ${writeRanges(ranges, size)}`);
      if (file?.name !== name || file.state !== 'written') return;
      if (coversAll(ranges, size) || (await isCollected(file.id, name, size)))
        await markCollected(file.id, clock.now());
    },
    refused: (caller, what) => note(caller, 'refused', null, what),
    laidDown: async (caller, name, size) => {
      await note(caller, 'laid-down', null, `To_Vip/${name} of ${size} bytes`);
      onLaidDown(caller.partyId, name);
    },
    moved: async (caller, what, name) => {
      const file = await fileNamed(caller.partyId, name);
      await note(caller, 'moved', file?.id ?? null, `${name} ${what}`);
    },
  };
}
