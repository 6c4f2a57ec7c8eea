import type { Element } from '../exchange/element.ts';
import { engine } from './engine.ts';
import { namespaces } from './names.ts';
import { nameOf, node } from './nodes.ts';
import { treeElement } from './tree.ts';

/** What of an element stays. Names are `{namespace}name`, or `name` for none. */
export type Shown<S> = {
  readonly children: ReadonlyMap<string, S>;
  readonly attributes: ReadonlySet<string>;
  /** Whether character data directly in it stays. */
  readonly text: boolean;
};

type Removed<S> = (
  at: S,
  path: readonly string[],
  what: 'element' | 'attribute' | 'text',
  name: string,
) => void;

/**
 * Takes everything out of a tree that is not shown: elements, attributes, character data, and always comments,
 * processing instructions and all of xsi but xsi:nil, which says only that the element is empty.
 *
 * @param skip elements below which all is shown and need not be looked at
 * @param removed hears of each removal, with the path of the element it was in; more than once where things repeat
 */
export function prune<S extends Shown<S>>(
  element: Element,
  shown: S,
  skip: (shown: S) => boolean,
  removed: Removed<S>,
): void {
  const path: string[] = [];
  const walk = (at: number, of: S): void => {
    pruneAttributes(at, of, (name) => removed(of, path, 'attribute', name));
    const children = childPointers(at);
    if (pruneText(children, of.text)) removed(of, path, 'text', '');
    for (const child of children) {
      if (!node.isElement(child)) continue;
      const name = nameOf(child);
      const inner = of.children.get(name);
      if (!inner) {
        removed(of, path, 'element', name);
        drop(child);
      } else if (!skip(inner)) {
        path.push(name);
        walk(child, inner);
        path.pop();
      }
    }
  };
  walk(treeElement(element).pointer, shown);
}

export function childPointers(at: number): number[] {
  const found: number[] = [];
  for (let child = node.children(at); child !== 0; child = node.next(child)) found.push(child);
  return found;
}

/** Drops what is neither element nor shown text, out of the list too; true when there was text among it. */
function pruneText(children: number[], shown: boolean): boolean {
  let text = false;
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index] ?? 0;
    if (node.isElement(child)) continue;
    const isText = node.isText(child);
    if (isText && (shown || node.text(child).trim() === '')) continue;
    text ||= isText;
    children.splice(index, 1);
    drop(child);
  }
  return text;
}

function pruneAttributes<S extends Shown<S>>(at: number, of: S, removed: (name: string) => void): void {
  for (let attribute = node.properties(at), next = 0; attribute !== 0; attribute = next) {
    next = node.next(attribute);
    const name = nameOf(attribute);
    if (name === NIL || of.attributes.has(name)) continue;
    removed(name);
    engine.xmlRemoveProp(attribute);
  }
}

/** It says only that an element is empty. */
export const NIL = `{${namespaces.xsi}}nil`;

function drop(pointer: number): void {
  engine.xmlUnlinkNode(pointer);
  engine.xmlFreeNode(pointer);
}

const BOOLEAN_EXPRESSION =
  'boolean(descendant-or-self::*/@xsi:*) or boolean(descendant::processing-instruction())';
const compileContext = engine.xmlXPathNewContext(0);
const expression = engine.xmlXPathCtxtCompile(compileContext, BOOLEAN_EXPRESSION);

/**
 * True when an xsi attribute or a processing instruction stands anywhere in the subtree: the things that a schema
 * lets by without declaring them. Native, so that it costs little on a large tree.
 */
export function carriesUndeclared(element: Element): boolean {
  const { pointer, document } = treeElement(element);
  const context = engine.xmlXPathNewContext(document);
  engine.xmlXPathRegisterNs(context, 'xsi', namespaces.xsi);
  engine.xmlXPathSetContextNode(pointer, context);
  const result = engine.xmlXPathCompiledEval(expression, context);
  if (result === 0) throw new Error('libxml2 could not evaluate an expression of ours');
  const found = engine.XmlXPathObjectStruct.boolval(result) !== 0;
  engine.xmlXPathFreeObject(result);
  engine.xmlXPathFreeContext(context);
  return found;
}
