import { engine } from './engine.ts';

const { XmlTreeCommonStruct: node } = engine;
const EXCLUSIVE = 1;

// libxml2 walks the document in order and asks of each node whether it is part of the subtree. Two comparisons
// answer that, where walking up to the root for every node would cost more than the canonical form itself.
let inside = 0;
let first = 0;
let after = 0;
const isVisible = engine.addFunction((_data = 0, pointer = 0) => {
  if (pointer === first) inside = 1;
  else if (pointer === after) inside = 0;
  return inside;
}, 'iiii');

/**
 * Exclusive XML Canonicalization 1.0 without comments (https://www.w3.org/TR/xml-exc-c14n/) of one element of a
 * document, in UTF-8.
 *
 * @param inclusivePrefixes the PrefixList, '' for the default namespace
 * @throws Error when libxml2 cannot canonicalise (a relative namespace name, for one)
 */
export function canonicalise(
  document: number,
  element: number,
  inclusivePrefixes: readonly string[],
): Uint8Array {
  const chunks: Buffer[] = [];
  const output = engine.xmlOutputBufferCreateIO({
    // The view is into wasm memory, which the next call may overwrite.
    write: (chunk) => chunks.push(Buffer.from(chunk)) && chunk.length,
    close: () => true,
  });
  const prefixes =
    inclusivePrefixes.length > 0
      ? engine.allocCStringArray(inclusivePrefixes.map((prefix) => (prefix === '' ? '#default' : prefix)))
      : 0;
  inside = 0;
  first = element;
  after = following(element);
  let length: number;
  try {
    length = engine.xmlC14NExecute(document, isVisible, 0, EXCLUSIVE, prefixes, 0, output);
  } finally {
    engine.xmlOutputBufferClose(output);
    if (prefixes !== 0) engine.free(prefixes);
  }
  if (length < 0) throw new Error('libxml2 could not canonicalise the element');
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** First node after the subtree in document order, 0 when the document ends with it. */
function following(pointer: number): number {
  for (let at = pointer; at !== 0; at = node.parent(at)) {
    const next = node.next(at);
    if (next !== 0) return next;
  }
  return 0;
}
