import type { Clock } from '../exchange/clock.ts';
import type { PublicationFile } from '../exchange/subscription.ts';
import type { expire } from './expire.ts';
import type { Run } from './step.ts';

type Facts = { readonly records: number; readonly size: number; readonly sha256: string };

type Needs = {
  readonly clock: Clock;
  readonly file: (id: number) => Promise<PublicationFile | null>;
  /** Of a snapshot: asking → closed, once each question has its answer. */
  readonly markAsked: (id: number) => Promise<boolean>;
  /** Lays the file and then its voucher where the subscriber finds them; the same bytes whenever it is called again. */
  readonly layDown: (file: PublicationFile, signal: AbortSignal) => Promise<Facts>;
  readonly markWritten: (id: number, written: Facts & { readonly at: Date }) => Promise<boolean>;
} & Pick<Parameters<typeof expire>[0], 'expireFile' | 'takeAway'>;

/** Of a file that was closed, or a snapshot that was answered: writes it and its voucher, and then says so in its row. */
export const write =
  ({ clock, file, markAsked, layDown, markWritten, expireFile, takeAway }: Needs): Run =>
  async (id, signal, then) => {
    const closed = await file(Number(id));
    if (closed?.state !== 'closed' && !(closed?.state === 'asking' && (await markAsked(closed.id)))) return;
    const facts = await layDown(closed, signal);
    // The subscriber has the first one's voucher: what it may fetch again is the same, or nothing.
    if (closed.sha256 !== null && closed.sha256 !== facts.sha256)
      throw new Error(`written again it came to other bytes: ${facts.sha256} instead of ${closed.sha256}`);
    if (await markWritten(closed.id, { ...facts, at: clock.now() })) {
      await then('notify', id);
      if (closed.kind === 'snapshot') await then('discard', id);
      return;
    }
    // Another wrote it meanwhile, and it may be over since: nobody would look for what came after it was taken away.
    await expireFile(closed.id, async (late) => {
      if (late.state === 'expired') await takeAway(late);
      return null;
    });
  };
