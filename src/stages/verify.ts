import type { Validated, Verified } from '../exchange/message.ts';
import type { Party } from '../exchange/party.ts';
import type { Stage } from '../exchange/stage.ts';
import { type Learn, onceAnswered } from '../wss/once-answered.ts';
import type { Trust } from '../wss/trust.ts';
import { verifySignature } from '../wss/verify.ts';

type Needs = {
  readonly trust: Trust;
  /** Asks about a certificate of a party of which nobody knows whether it is revoked. */
  readonly learn: Learn;
  /** Whose certificate has this subject. */
  readonly partyOf: (certificateSubject: string) => Party | null;
  /** Told of every message that a lax profile let pass. */
  readonly onLaxProfile: (party: Party, profile: string) => void;
};

/** Establishes who signed the message and that the Body is what they signed; nothing before this stage is believed. */
export function verify({ trust, learn, partyOf, onLaxProfile }: Needs): Stage<Validated, Verified> {
  return function verify(message) {
    return onceAnswered(learn, () => {
      const { question, signer, imprint } = verifySignature(message.envelope, { trust, partyOf }, message.at);
      if (signer.profile !== 'strict') onLaxProfile(signer.party, signer.profile);
      return { ...message, question, signer, imprint };
    });
  };
}
