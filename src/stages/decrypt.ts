import type { Opened, Read } from '../exchange/message.ts';
import type { Stage } from '../exchange/stage.ts';
import type { Opener } from '../wss/decrypt.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import { parseTree } from '../xml/tree.ts';

type Needs = { readonly open: Opener['open'] };

/**
 * Puts what came encrypted where it was encrypted, and makes of those bytes the one tree that everybody reads from here
 * on, under all limits; the one in which it was encrypted is freed. Nothing is proven by it: anybody can encrypt to
 * the bus. Why it did not go well, nor how far it went, no sender is told (`stages/refuse.ts`).
 */
export function decrypt({ open }: Needs): Stage<Read, Opened> {
  return function decrypt(message) {
    if (!message.encrypted) return { ...message, opened: true };
    const { raw, door, ending } = message;
    const bytes = open(message.envelope, toUtf8(raw, door.charset));
    // Up to here there was nothing but the tree in which it was encrypted.
    for (const each of ending.splice(0)) each.dispose();
    const census = checkLimits(bytes, messageLimits);
    const tree = parseTree(bytes);
    ending.push(tree);
    const envelope = readEnvelope(tree.root, census);
    readPayload(envelope);
    return { ...message, envelope, opened: true };
  };
}
