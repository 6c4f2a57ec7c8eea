import type { Validated, Verified } from '../exchange/message.ts';
import type { Party } from '../exchange/party.ts';
import type { Stage } from '../exchange/stage.ts';
import type { Trust } from '../wss/trust.ts';
import { verifySignature } from '../wss/verify.ts';

type Needs = {
  readonly trust: Trust;
  /** Whose certificate has this subject. */
  readonly partyOf: (certificateSubject: string) => Party | null;
  /** Told of every message that a lax profile let pass. */
  readonly onLaxProfile: (party: Party, profile: string) => void;
};

/** Establishes who signed the message and that the Body is what they signed; nothing before this stage is believed. */
export function verify({ trust, partyOf, onLaxProfile }: Needs): Stage<Validated, Verified> {
  return function verify(message) {
    const { question, signer, imprint } = verifySignature(message.envelope, { trust, partyOf }, message.at);
    if (signer.profile !== 'strict') onLaxProfile(signer.party, signer.profile);
    return { ...message, question, signer, imprint };
  };
}
