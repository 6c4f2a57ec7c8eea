import type { Element } from '../exchange/element.ts';
import type { Checked, Signed } from '../exchange/message.ts';
import type { Stage } from '../exchange/stage.ts';

/** A complete signed envelope around a Body's child. */
export type Seal = (payload: Element, soap: '1.1' | '1.2') => Promise<Uint8Array>;

type Needs = { readonly seal: Seal };

/** Signs Body and Timestamp in the bus's name, in the SOAP version of the question. */
export function sign({ seal }: Needs): Stage<Checked, Signed> {
  return async function sign(message) {
    return { ...message, bytes: await seal(message.reply, message.envelope.soap) };
  };
}
