import type { BatchKey, BatchState } from '../exchange/inquiry.ts';
import { CHUNK, chunkId } from './question-chunks.ts';
import { REPLY_KEPT } from './reply.ts';

export type Asking = {
  readonly batchesIn: (state: BatchState, limit: number) => Promise<readonly BatchKey[]>;
  readonly openChunks: (key: BatchKey, chunk: number, limit: number) => Promise<readonly number[]>;
  /** Files of questions whose answers wait for their file or have yet to go, or whose answer file is that old. */
  readonly repliesToDo: (madeBy: Date, limit: number) => Promise<readonly BatchKey[]>;
};

/** Of one batch, in one sweep: more than is asked until the next one. */
const CHUNKS = 100;

/**
 * The chunks, of so many batches and the first of each, that still hold a question without answer. Of a batch that has
 * none left the first: in it it is seen that all is answered.
 */
export async function unansweredChunks(
  { batchesIn, openChunks }: Asking,
  limit: number,
): Promise<readonly { readonly id: string }[]> {
  const found: { readonly id: string }[] = [];
  for (const key of await batchesIn('asking', limit)) {
    const chunks = await openChunks(key, CHUNK, CHUNKS);
    for (const first of chunks.length === 0 ? [1] : chunks) found.push({ id: chunkId(key, first) });
  }
  return found;
}

/** The files of questions with which the step `reply` has something left to do. */
export async function answeredIntakes(
  { repliesToDo }: Asking,
  now: Date,
  limit: number,
): Promise<readonly { readonly id: number }[]> {
  const found = await repliesToDo(new Date(now.getTime() - REPLY_KEPT), limit);
  return found.map(({ ownerId }) => ({ id: ownerId }));
}
