import type { BatchKey } from './exchange/inquiry.ts';
import { clear } from './intake/clear.ts';
import { receive } from './intake/receive.ts';
import { takeIn } from './intake/take-in.ts';
import { ask } from './publication/ask.ts';
import { askedInVain } from './publication/asked-in-vain.ts';
import { close } from './publication/close.ts';
import { discard } from './publication/discard.ts';
import { expire } from './publication/expire.ts';
import { forewarn } from './publication/forewarn.ts';
import { notify } from './publication/notify.ts';
import { readChunkId } from './publication/question-chunks.ts';
import { reply } from './publication/reply.ts';
import { sweep } from './publication/sweep.ts';
import { write } from './publication/write.ts';
import type { Step } from './queue/queue.ts';

type Needs<Factory extends (needs: never) => unknown> = Parameters<Factory>[0];
export type PublishingParts = Needs<typeof close> &
  Needs<typeof write> &
  Needs<typeof notify> &
  Needs<typeof forewarn> &
  Needs<typeof expire> &
  Needs<typeof ask> &
  Needs<typeof askedInVain> &
  Needs<typeof reply> &
  Needs<typeof discard> &
  Needs<typeof sweep> &
  Needs<typeof receive> &
  Needs<typeof takeIn> &
  Needs<typeof clear> & {
    /** Of the signed messages that came, those that nobody could send again. */
    readonly forgetMessages: (now: Date) => Promise<unknown>;
    /** Moves what is old enough in the audit to archives, and destroys those whose term is over. */
    readonly retainAudit: (signal: AbortSignal) => Promise<unknown>;
    readonly markBatchFailed: (key: BatchKey, error: string) => Promise<unknown>;
    readonly markFailed: (fileId: number, error: string) => Promise<unknown>;
    /** A step failed for good whose row has no place for it: the sweep will find the row again. */
    readonly onFault: (step: string, id: string, error: Error) => void;
  };

/**
 * What becomes of files that parties lay down, and of mutations once they were accepted and matched, which is the one
 * transaction that answers their source: each step in the order of its coming, and how its queue does it. In the queues
 * are ids; what there is to do stands in the rows, and each step may be repeated, come late or be lost.
 */
export function publishing(parts: PublishingParts): readonly Step[] {
  const again = async (step: string, id: string, error: Error) => parts.onFault(step, id, error);
  return [
    // party: each voucher in its To_Vip gets a row, and is put with its file where nobody changes them
    queued('receive', { atOnce: 2, attempts: 5, pause: 1_000 }, receive(parts), again),
    // intake: received → held, rejected, or validated whole → taking, some records a transaction → taken; a receipt
    queued('take-in', { atOnce: 2, attempts: 5, pause: 2_000 }, takeIn(parts), again),
    // subscription: at its moment, everything that waits for it, or everybody it has registered,
    // becomes a file with the next sequence number
    queued('close', { atOnce: 4, attempts: 5, pause: 1_000 }, close(parts), again),
    // batch of questions, in chunks: asking → answered, or failed when a source did not get better in half an hour
    queued('ask', { atOnce: 2, attempts: 11, pause: 2_000 }, ask(parts), (_step, id, error) =>
      askedInVain(parts)(readChunkId(id).key, error),
    ),
    // intake of questions: answered → replied, when the file of the answers lies there; then they go, in time it too
    queued('reply', { atOnce: 2, attempts: 6, pause: 2_000 }, reply(parts), (_step, id, { message }) =>
      parts.markBatchFailed({ owner: 'intake', ownerId: Number(id) }, message),
    ),
    // file: closed → written, of a snapshot once its questions are answered, or failed when that could not be done
    queued('write', { atOnce: 2, attempts: 6, pause: 2_000 }, write(parts), (_step, id, { message }) =>
      parts.markFailed(Number(id), message),
    ),
    // file: its being written is noted and told; it is now collected and acknowledged by whom it is for
    queued('notify', { atOnce: 4, attempts: 5, pause: 1_000 }, notify(parts), again),
    // snapshot: the answers of which it was made go, once it is written
    queued('discard', { atOnce: 1, attempts: 5, pause: 1_000 }, discard(parts), again),
    // file: nobody has collected it, and its time is nearly over: a notice lies beside it
    queued('forewarn', { atOnce: 2, attempts: 5, pause: 1_000 }, forewarn(parts), again),
    // file: written, collected or acknowledged → expired
    queued('expire', { atOnce: 2, attempts: 5, pause: 1_000 }, expire(parts), again),
    // intake: what was laid down is taken away when its time is over
    queued('clear', { atOnce: 1, attempts: 5, pause: 1_000 }, clear(parts), again),
    // seen messages: what could not be sent again any more is forgotten
    queued(
      'forget',
      { atOnce: 1, attempts: 1, pause: 0 },
      async () => void (await parts.forgetMessages(parts.clock.now())),
      again,
    ),
    // audit: rows that were online long enough → in an archive → destroyed when their term is over
    queued(
      'archive',
      { atOnce: 1, attempts: 1, pause: 0 },
      async (_id, signal) => void (await parts.retainAudit(signal)),
      again,
    ),
    // all rows: whatever is left of the above, time and again
    queued('sweep', { atOnce: 1, attempts: 1, pause: 0 }, sweep(parts), again),
  ];
}

function queued(
  name: string,
  how: Pick<Step, 'atOnce' | 'attempts' | 'pause'>,
  run: Step['run'],
  failed: (step: string, id: string, error: Error) => Promise<unknown>,
): Step {
  return { name, ...how, run, gaveUp: async (id, error) => void (await failed(name, id, error)) };
}
