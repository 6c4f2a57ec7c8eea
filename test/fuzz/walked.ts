import type { Element } from '../../src/exchange/element.ts';
import { engine } from '../../src/xml/engine.ts';
import { treeElement } from '../../src/xml/tree.ts';

/** What libxml2 makes of a subtree when the whole document is walked and each node asks all its ancestors. */

const INCLUSIVE = 0;
const EXCLUSIVE = 1;

let target = 0;
const node = engine.XmlTreeCommonStruct;
const isBelow = engine.addFunction((_data = 0, pointer = 0, parent = 0) => {
  if (pointer === target) return 1;
  for (let at = parent; at !== 0 && node.type(at) === 1; at = node.parent(at)) if (at === target) return 1;
  return 0;
}, 'iiii');

/** Bytes that libxml2 has taken of the system, which it never gives back. */
let taken = 0;
export const engineMemory = () => taken;

/** null: libxml2 says that there is no canonical form. */
function walked(element: Element, mode: number, prefixes: readonly string[]): string | null {
  const { document, pointer } = treeElement(element);
  target = pointer;
  const chunks: Buffer[] = [];
  const output = engine.xmlOutputBufferCreateIO({
    write: (chunk) => {
      taken = chunk.buffer.byteLength;
      return chunks.push(Buffer.from(chunk)) && chunk.length;
    },
    close: () => true,
  });
  const list = prefixes.length > 0 ? engine.allocCStringArray(prefixes.map((each) => each || '#default')) : 0;
  const length = engine.xmlC14NExecute(document, isBelow, 0, mode, list, 0, output);
  engine.xmlOutputBufferClose(output);
  if (list !== 0) engine.free(list);
  return length < 0 ? null : Buffer.concat(chunks).toString('utf8');
}

export const walkedExclusive = (element: Element, prefixes: readonly string[] = []) =>
  walked(element, EXCLUSIVE, prefixes);
export const walkedInclusive = (element: Element) => walked(element, INCLUSIVE, []);
