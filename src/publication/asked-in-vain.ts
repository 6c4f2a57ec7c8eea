import type { BatchKey } from '../exchange/inquiry.ts';

type Needs = {
  /** Whatever the few that are left of a batch are told next is their answer; false where it is not a few. */
  readonly settleFew: (key: BatchKey) => Promise<boolean>;
  readonly markFailed: (fileId: number, error: string) => Promise<unknown>;
  readonly markBatchFailed: (key: BatchKey, error: string) => Promise<unknown>;
};

/**
 * A batch was asked for as long as anybody waits for a source. A file that waits for its answers fails with it; but not
 * for the few persons whose file a source cannot open while it answered all the others: the next sweep has these asked
 * once more, and takes what comes.
 */
export const askedInVain =
  ({ settleFew, markFailed, markBatchFailed }: Needs) =>
  async (key: BatchKey, { message }: Error): Promise<void> => {
    if (await settleFew(key)) return;
    if (key.owner === 'file') await markFailed(key.ownerId, message);
    await markBatchFailed(key, message);
  };
