import { engine } from './engine.ts';
import { node } from './nodes.ts';

const INCLUSIVE = 0;
const EXCLUSIVE = 1;
const EVERY_NODE = 0;

// libxml2 walks the document in order and asks of each node whether it is part of the subtree. Two comparisons
// answer that, where walking up to the root for every node would cost more than the canonical form itself.
let inside = 0;
let first = 0;
let after = 0;
let above = 0;
const isVisible = engine.addFunction((_data = 0, pointer = 0) => {
  // Asked at the subtree's top, to learn whether that inherits xml:lang and its like.
  if (pointer === above) return 0;
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
  if (inclusivePrefixes.length === 0) return canonicaliseAlone(document, element);
  const prefixes = engine.allocCStringArray(
    inclusivePrefixes.map((prefix) => (prefix === '' ? '#default' : prefix)),
  );
  try {
    return withoutBulk(document, element, () => canonicaliseSubset(document, element, EXCLUSIVE, prefixes));
  } finally {
    engine.free(prefixes);
  }
}

/**
 * Canonical XML 1.0 without comments (https://www.w3.org/TR/2001/REC-xml-c14n-20010315), the inclusive form: what
 * the ancestors declare is part of it, so an element cannot be moved without changing it.
 *
 * @throws Error when libxml2 cannot canonicalise
 */
export function canonicaliseInclusive(document: number, element: number): Uint8Array {
  return withoutBulk(document, element, () => canonicaliseSubset(document, element, INCLUSIVE, 0));
}

/** The subset form in its plainest use: the whole document is walked, what is not below `element` is left out. */
export function canonicaliseSubset(
  document: number,
  element: number,
  mode: number,
  prefixes: number,
): Uint8Array {
  inside = 0;
  first = element;
  after = following(element);
  above = node.parent(element);
  return execute(document, isVisible, mode, prefixes);
}

/**
 * Exclusive form does not depend on ancestors when there is no PrefixList, so for the length of the call the element
 * is made the document's root: a Timestamp in front of a large Body then costs no walk through that Body.
 */
function canonicaliseAlone(document: number, element: number): Uint8Array {
  const root = engine.xmlDocGetRootElement(document);
  if (element === root) return execute(document, EVERY_NODE, EXCLUSIVE, 0);
  const putBack = takeOut(element);
  engine.xmlDocSetRootElement(document, element);
  try {
    return execute(document, EVERY_NODE, EXCLUSIVE, 0);
  } finally {
    engine.xmlDocSetRootElement(document, root);
    putBack();
  }
}

/** Runs `work` with the root's last element (a Body) out of the tree, unless `element` is in it or is its ancestor. */
function withoutBulk(document: number, element: number, work: () => Uint8Array): Uint8Array {
  const root = engine.xmlDocGetRootElement(document);
  let bulk = node.last(root);
  while (bulk !== 0 && !node.isElement(bulk)) bulk = node.prev(bulk);
  if (bulk === 0 || element === root || isWithin(element, bulk)) return work();
  const putBack = takeOut(bulk);
  try {
    return work();
  } finally {
    putBack();
  }
}

function isWithin(element: number, ancestor: number): boolean {
  for (let at = element; at !== 0; at = node.parent(at)) if (at === ancestor) return true;
  return false;
}

/** Unlinks an element; the function returned links it again where it was. */
function takeOut(element: number): () => void {
  const [parent, before, behind] = [node.parent(element), node.prev(element), node.next(element)];
  engine.xmlUnlinkNode(element);
  return () => {
    if (before !== 0) engine.xmlAddNextSibling(before, element);
    else if (behind !== 0) engine.xmlAddPrevSibling(behind, element);
    else engine.xmlAddChild(parent, element);
  };
}

let written: Buffer[] = [];
// One for all, since each is known to the library by a number of its own in a table that is made anew every few numbers.
const openOutput = () =>
  engine.xmlOutputBufferCreateIO({
    // The view is into wasm memory, which the next call may overwrite.
    write: (chunk) => written.push(Buffer.from(chunk)) && chunk.length,
    close: () => true,
  });
let output = openOutput();

function execute(document: number, visible: number, mode: number, prefixes: number): Uint8Array {
  written = [];
  let length = -1;
  try {
    length = engine.xmlC14NExecute(document, visible, 0, mode, prefixes, 0, output);
  } finally {
    // It flushes what it wrote, unless it fails: then some is left, which must not come in front of the next.
    if (length < 0) {
      engine.xmlOutputBufferClose(output);
      output = openOutput();
    }
  }
  if (length < 0) throw new Error('libxml2 could not canonicalise the element');
  return written.length === 1 && written[0] ? written[0] : Buffer.concat(written);
}

/** First node after the subtree in document order, 0 when the document ends with it. */
function following(pointer: number): number {
  for (let at = pointer; at !== 0; at = node.parent(at)) {
    const next = node.next(at);
    if (next !== 0) return next;
  }
  return 0;
}
