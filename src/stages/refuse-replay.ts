import type { Fresh, Verified } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';

/**
 * Remembers a message until the given moment, wherever it comes in, and tells which exchange it was in before; null:
 * in none. Of several that ask at once one is told null. Rejects when that cannot be established.
 */
export type Remember = (key: string, exchangeId: string, until: Date) => Promise<string | null>;

type Needs = { readonly remember: Remember };

/**
 * What lives as long as it is sent is remembered for as long as anybody may still send it. A month is far longer than
 * any queue between a consumer and the bus keeps a message, and a party that sends such ones is one that was let to.
 */
const WITHOUT_END = 31 * 86_400_000;

/**
 * Lets each signed message in once (WS-Security 1.1 §13: a signature alone does not keep a message from being sent
 * again). Who is known to have signed it hears no more than that it failed; the audit names the first exchange.
 */
export function refuseReplay({ remember }: Needs): Stage<Verified, Fresh> {
  return async function refuseReplay(message) {
    const { imprint, at, id } = message;
    if (imprint === null) throw new Error('a message without a signature of its own cannot be known again');
    const until = imprint.until ?? new Date(at.getTime() + WITHOUT_END);
    const before = await remember(imprint.key, id, until);
    if (before !== null)
      throw new Refusal('ERR_025', `the message was received before, in exchange ${before}`);
    return { ...message, fresh: true };
  };
}
