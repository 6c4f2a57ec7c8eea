import { type SoapVersion, soap } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { type Content, element, fragment, type Markup, type Written, write } from '../xml/write.ts';

/**
 * A Body in exclusive canonical form, as it is digested and as it is written. The writer makes that form by itself,
 * except around a fragment that declares again what is in scope already; only then is the text parsed once more.
 *
 * @param content markup, or the Body's child in exclusive canonical form
 * @param id the attribute by which a signature refers to it
 */
export function canonicalBody(
  content: readonly Markup[] | Uint8Array,
  version: SoapVersion,
  id: Written,
): Buffer {
  if (!(content instanceof Uint8Array)) {
    const body = Buffer.from(write(element(soap(version)('Body'), content, [id])), 'utf8');
    return content.some(holdsFragment) ? canonicalised(body) : body;
  }
  const body = Buffer.from(write(element(soap(version)('Body'), [fragment(content)], [id])), 'utf8');
  const inScope = ['soap', id.name.prefix].filter((prefix) => prefix !== '');
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return inScope.some((prefix) => bytes.includes(` xmlns:${prefix}="`)) ? canonicalised(body) : body;
}

const holdsFragment = (content: Content): boolean =>
  typeof content !== 'string' && (content.kind === 'fragment' || content.content.some(holdsFragment));

function canonicalised(bytes: Buffer): Buffer {
  const tree = parseTree(bytes);
  try {
    return Buffer.from(tree.root.canonical());
  } finally {
    tree.dispose();
  }
}
