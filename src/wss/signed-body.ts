import { type SoapVersion, soap } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { type Content, element, fragment, type Written, writeBytes } from '../xml/write.ts';

/**
 * A Body in exclusive canonical form, as it is digested and as it is written. The writer makes that form by itself,
 * except around a fragment that declares again what is in scope already; only then is the text parsed once more.
 *
 * @param content markup, or the Body's child in exclusive canonical form
 * @param id the attribute by which a signature refers to it
 */
export function canonicalBody(
  content: readonly Content[] | Uint8Array,
  version: SoapVersion,
  id: Written,
): Buffer {
  const inside = content instanceof Uint8Array ? [fragment(content)] : content;
  const { bytes, canonical } = writeBytes(element(soap(version)('Body'), inside, [id]));
  if (canonical) return bytes;
  const tree = parseTree(bytes);
  try {
    return Buffer.from(tree.root.canonical());
  } finally {
    tree.dispose();
  }
}

/** What stands in a Body that was written here, without the tags around it. */
export const contentOfBody = (body: Buffer): Buffer =>
  body.subarray(body.indexOf('>') + 1, body.lastIndexOf('</'));
