import type { Checked, Signed } from '../exchange/message.ts';
import type { Recipient } from '../exchange/recipient.ts';
import type { Stage } from '../exchange/stage.ts';

/**
 * A complete signed envelope around a Body's child, given in exclusive canonical form (no PrefixList), of which the
 * Body's content is then encrypted to whoever is named.
 */
export type Seal = (canonical: Uint8Array, soap: '1.1' | '1.2', to: Recipient | null) => Promise<Uint8Array>;

type Needs = { readonly seal: Seal };

/** Signs Body and Timestamp in the bus's name, in the SOAP version of the question, and encrypts where the grant says so. */
export function sign({ seal }: Needs): Stage<Checked, Signed> {
  return async function sign(message) {
    const { reply, envelope, answerTo } = message;
    return { ...message, bytes: await seal(reply.canonical, envelope.soap, answerTo) };
  };
}
