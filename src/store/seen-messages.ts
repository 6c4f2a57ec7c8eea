import type { Value } from './exchange-row.ts';
import { groupCommit } from './group-commit.ts';

/** A message by its imprint, the exchange in which it came, and until when it is remembered. */
export type SeenMessage = { readonly key: string; readonly exchangeId: string; readonly until: string };

export const seenColumns = ['message_key', 'exchange_id', 'seen_until'];
export const seenValues = ({ key, exchangeId, until }: SeenMessage): Value[] => [key, exchangeId, until];

/** Messages of one commit; each is about a hundred bytes. */
const LARGEST_BATCH = 128;

/**
 * Lets messages that come together share one commit, which on a server is a journey there and back.
 *
 * @param insert keeps those that are not there, and tells by key in which exchange each of them came first
 */
export const rememberTogether = (
  insert: (messages: readonly SeenMessage[]) => Promise<ReadonlyMap<string, string>>,
) => {
  type Asked = SeenMessage & { before: string | null };
  const { add, close } = groupCommit<Asked>(async (asked) => {
    const first = await insert(asked);
    for (const each of asked) {
      const exchangeId = first.get(each.key);
      if (exchangeId === undefined) throw new Error('a message that was kept is not there');
      each.before = exchangeId === each.exchangeId ? null : exchangeId;
    }
  }, LARGEST_BATCH);
  return {
    remember: async (message: SeenMessage): Promise<string | null> => {
      const asked = { ...message, before: null };
      await add(asked);
      return asked.before;
    },
    close,
  };
};
