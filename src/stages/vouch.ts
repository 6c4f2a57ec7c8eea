import type { Proven } from '../exchange/element.ts';
import type { Inquiry } from '../exchange/inquiry.ts';
import type { Fresh, Parsed, Validated } from '../exchange/message.ts';
import type { Stage } from '../exchange/stage.ts';

/** Takes a question on the word of whoever vouched for the file it stood in; its row sees to it that it is asked once. */
export function vouch(inquiry: Inquiry): Stage<Validated, Fresh> {
  return function vouch(message) {
    return vouchedFor(message, inquiry);
  };
}

/**
 * A signed voucher covers every byte of its file, and the bus vouches for what it asks itself. What is believed is this
 * question, as it was written here, and nothing else.
 */
export function vouchedFor(message: Parsed, { party, certificate }: Inquiry): Fresh {
  // Signatures make an element proven; here it is the file's voucher, which was verified when the file was taken.
  const question = message.unproven as Proven;
  const signer = { certificate, party, profile: 'strict', recipient: null } as const;
  return { ...message, valid: true, question, signer, imprint: null, fresh: true };
}
