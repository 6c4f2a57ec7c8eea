import type { Element } from '../exchange/element.ts';
import { engine } from './engine.ts';
import { namespaces } from './names.ts';
import { node } from './nodes.ts';
import { treeElement } from './tree.ts';

/** What whoever checks a signature must know of a whole subtree, found by libxml2 itself because it is asked each time. */

const { XmlNodeSetStruct: nodeSet, XmlXPathObjectStruct: result } = engine;

const compiled = (expression: string) =>
  engine.xmlXPathCtxtCompile(engine.xmlXPathNewContext(engine.xmlNewDoc()), expression);
const COMMENTS = compiled('.//comment()');
const MARKED = compiled(".//text()[contains(.,'\ufeff')]|.//@*[contains(.,'\ufeff')]");
const ENCRYPTED = compiled(
  `descendant-or-self::*[namespace-uri()='${namespaces.xenc}']` +
    "[local-name()='EncryptedData' or local-name()='EncryptedKey']",
);
const ID_ATTRIBUTES = compiled(".//@*[translate(local-name(),'ID','id')='id']");

/**
 * The values of all attributes at or below `element` that some reader takes for an id (`wsu:Id`, `Id`, `ID`, `id`,
 * `xml:id`, whatever their namespace), in document order, repeated when they repeat.
 */
export function idValues(element: Element): readonly string[] {
  return select(element, ID_ATTRIBUTES).map((attribute) => node.text(attribute));
}

/** How many elements at or below `element` are encrypted, or hold a key that was, wherever they stand. */
export const countEncrypted = (element: Element): number => select(element, ENCRYPTED).length;

export function hasComment(element: Element): boolean {
  return select(element, COMMENTS).length > 0;
}

/**
 * True when a byte order mark (U+FEFF) stands in text or in a value: where it is the first character it is not there for
 * who reads the text with a decoder that drops it.
 */
export function hasMark(element: Element): boolean {
  return select(element, MARKED).length > 0;
}

/** True when a comment stands anywhere below `element` beside character data: readers differ on what such text says. */
export function hasTextSplitByComment(element: Element): boolean {
  const parents = new Set(select(element, COMMENTS).map((comment) => node.parent(comment)));
  return [...parents].some(holdsText);
}

function holdsText(parent: number): boolean {
  for (let at = node.children(parent); at !== 0; at = node.next(at)) {
    if (node.isText(at) && node.text(at).trim() !== '') return true;
  }
  return false;
}

function select(element: Element, expression: number): number[] {
  const { document, pointer } = treeElement(element);
  const context = engine.xmlXPathNewContext(document);
  engine.xmlXPathSetContextNode(pointer, context);
  const found = engine.xmlXPathCompiledEval(expression, context);
  try {
    if (found === 0) throw new Error('libxml2 could not evaluate an expression');
    const set = result.nodesetval(found);
    // Copied: the table lives in memory that is freed below.
    return set === 0 ? [] : [...nodeSet.nodeTable(set, nodeSet.nodeCount(set))];
  } finally {
    if (found !== 0) engine.xmlXPathFreeObject(found);
    engine.xmlXPathFreeContext(context);
  }
}
