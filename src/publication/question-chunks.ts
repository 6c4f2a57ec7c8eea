import { type BatchKey, questionOwners } from '../exchange/inquiry.ts';

/** Positions in one chunk: a step that dies leaves no more than these for another. */
export const CHUNK = 100;

/** What queues know a chunk by: `<owner>-<owner's id>-<first position>`. */
export const chunkId = ({ owner, ownerId }: BatchKey, first: number): string =>
  `${owner}-${ownerId}-${first}`;

export function readChunkId(id: string): { readonly key: BatchKey; readonly first: number } {
  const [name, ownerId, first] = id.split('-');
  const owner = questionOwners.find((each) => each === name);
  if (!owner) throw new Error(`${id} is no chunk of questions`);
  return { key: { owner, ownerId: Number(ownerId) }, first: Number(first) };
}

/** The first positions of all chunks of so many questions; of none there is one, in which it is seen that it is done. */
export function chunksOf(questions: number): readonly number[] {
  return Array.from({ length: Math.max(1, Math.ceil(questions / CHUNK)) }, (_, index) => index * CHUNK + 1);
}
