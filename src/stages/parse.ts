import type { Element } from '../exchange/element.ts';
import type { Read, Received } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import { isEncrypted } from '../wss/encrypted.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { mandatoryBlocks, readEnvelope, readPayload } from '../xml/envelope.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import { namespaces } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';

const MEDIA_TYPES = new Set(['text/xml', 'application/soap+xml']);

/** Makes a tree of the bytes, and finds the envelope's parts by position. */
export function parse(message: Received): Read {
  const { door, raw } = message;
  if (door.problem === 'no-such-path') throw new Refusal('404', 'no endpoint at this path');
  if (door.problem === 'too-large') throw new Refusal('413', 'more bytes than the bus reads');
  if (door.problem === 'coded')
    throw new Refusal(
      '415',
      'a Content-Encoding, which is not read',
      'De boodschap mag niet gecomprimeerd zijn.',
    );
  if (!MEDIA_TYPES.has(door.mediaType ?? ''))
    throw new Refusal('415', `media type ${door.mediaType ?? 'absent'}`);
  const bytes = toUtf8(raw, door.charset);
  const census = checkLimits(bytes, messageLimits);
  const tree = parseTree(bytes);
  message.ending.push(tree);

  const envelope = readEnvelope(tree.root, census);
  readPayload(envelope);
  for (const block of mandatoryBlocks(envelope)) {
    if (!isSecurity(block)) {
      throw new Refusal('MustUnderstand', `header block {${block.namespace}}${block.name}`);
    }
  }
  return { ...message, envelope, encrypted: isEncrypted(envelope) };
}

const isSecurity = (block: Element) => block.name === 'Security' && block.namespace === namespaces.wsse;
