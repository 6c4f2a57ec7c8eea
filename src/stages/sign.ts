import type { Checked, Signed } from '../exchange/message.ts';
import type { Stage } from '../exchange/stage.ts';

/** A complete signed envelope around a Body's child, given in exclusive canonical form (no PrefixList). */
export type Seal = (canonical: Uint8Array, soap: '1.1' | '1.2') => Promise<Uint8Array>;

type Needs = { readonly seal: Seal };

/** Signs Body and Timestamp in the bus's name, in the SOAP version of the question. */
export function sign({ seal }: Needs): Stage<Checked, Signed> {
  return async function sign(message) {
    return { ...message, bytes: await seal(message.reply.canonical, message.envelope.soap) };
  };
}
