import { systemClock } from './exchange/clock.ts';
import type { ConnectionOwner } from './exchange/message.ts';
import type { Foundation } from './foundation.ts';
import { onceAnswered } from './wss/once-answered.ts';

/** Whose a connection is by the certificates that opened it: held against the same authorities as a signature's. */
export const connectionOwner =
  ({ trust, learn, store }: Pick<Foundation, 'trust' | 'learn' | 'store'>) =>
  async (chain: readonly Buffer[]): Promise<ConnectionOwner> => {
    if (chain.length === 0) return { partyId: null, as: 'nobody: no certificate was shown' };
    try {
      const check = () => trust.check(chain, systemClock.now());
      const { subject } = (await onceAnswered(learn, check)).certificate;
      const party = store.partyOf(subject);
      return { partyId: party?.id ?? null, as: `"${subject}" of ${party?.name ?? 'no party'}` };
    } catch (cause) {
      return { partyId: null, as: `nobody: ${cause instanceof Error ? cause.message : String(cause)}` };
    }
  };
