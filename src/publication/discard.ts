import type { BatchKey } from '../exchange/inquiry.ts';
import type { PublicationFile } from '../exchange/subscription.ts';
import type { Run } from './step.ts';

type Needs = {
  readonly file: (id: number) => Promise<PublicationFile | null>;
  /** Takes questions and answers away, some at a time; nothing happens where they are gone. */
  readonly clearQuestions: (key: BatchKey) => Promise<void>;
  /** answered → replied */
  readonly markReplied: (key: BatchKey) => Promise<boolean>;
};

/** Of a snapshot that was written: takes the answers away from which it was made. They are in its file, or nowhere. */
export const discard =
  ({ file, clearQuestions, markReplied }: Needs): Run =>
  async (id) => {
    const written = await file(Number(id));
    if (written?.kind !== 'snapshot' || written.writtenAt === null) return;
    const key = { owner: 'file', ownerId: written.id } as const;
    await clearQuestions(key);
    await markReplied(key);
  };
