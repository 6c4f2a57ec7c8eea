import type { Attribute, Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';
import { canonicalise, canonicaliseInclusive } from './canonical.ts';
import { complaints, engine } from './engine.ts';
import { declaration, node } from './nodes.ts';

// COMPACT | NO_XXE | NONET | NO_SYS_CATALOG | SKIP_IDS: nothing outside the message is ever read, and `xml:id` makes no ids.
const OPTIONS = 65536 | 8388608 | 2048 | 33554432 | 134217728;

const MESSAGES_OF_ONE = 100;
const LARGE = 64 * 1024;

/** One parsed document. It lives outside the garbage collector's reach: whoever parses disposes. */
export type Tree = { readonly root: Element; readonly dispose: () => void };

/**
 * Parses UTF-8 bytes as they are: no entity but the five of XML, no default attribute, nothing fetched.
 *
 * @throws Refusal 10001 with the parser's first complaint and its line, when they are not well-formed
 */
export function parseTree(bytes: Uint8Array): Tree {
  let document = 0;
  const { context, names } = parser.borrow(bytes.length);
  const said = complaints((handler) => {
    engine.xmlCtxtSetErrorHandler(context, handler, 0);
    document = engine.xmlReadMemory(context, bytes, null, 'utf-8', OPTIONS);
  });
  // What was not as it should be leaves nothing behind for the next.
  if (said.length > 0) parser.renew();
  const first = said[0];
  if (document === 0 || first) {
    if (document !== 0) engine.xmlFreeDoc(document);
    const where = first ? `line ${first.line}: ${first.message}` : 'empty document';
    throw new Refusal(
      '10001',
      `not well-formed, ${where}`,
      `De boodschap is geen welgevormde XML (${where}).`,
    );
  }
  const tree = new DocumentTree(document, names);
  return { root: tree.at(engine.xmlDocGetRootElement(document)), dispose: () => tree.dispose() };
}

/**
 * `names`: the texts of element and attribute names by the address at which this parser keeps each. It keeps a name once
 * and never moves it; a parser that is gone leaves its names to its documents, and libxml2 frees them after the last of
 * these. So an address means the same name for all documents of one parser, as long as there is one to ask for it.
 */
type Parser = { readonly context: number; readonly names: Map<number, string> };

/**
 * A parser that has read a message knows its names, which saves an eighth of reading the next. One that went on for
 * ever would keep every name that anybody ever sent, so each reads a hundred messages, none of them large.
 */
const parser = (() => {
  const fresh = () => ({ context: engine.xmlNewParserCtxt(), names: new Map<number, string>() });
  let current = fresh();
  let left = MESSAGES_OF_ONE;
  const renew = () => {
    engine.xmlFreeParserCtxt(current.context);
    current = fresh();
    left = MESSAGES_OF_ONE;
  };
  const borrow = (length: number): Parser => {
    if (left <= 0) renew();
    left -= length > LARGE ? MESSAGES_OF_ONE : 1;
    return current;
  };
  return { borrow, renew };
})();

class DocumentTree {
  document: number;
  readonly #namespaces = new Map<number, string>();
  readonly #names: Parser['names'];

  constructor(document: number, names: Parser['names']) {
    this.document = document;
    this.#names = names;
  }

  at(pointer: number): TreeElement {
    return new TreeElement(this, pointer);
  }

  nameOf(pointer: number): string {
    const text = node.nameAddress(pointer);
    let name = this.#names.get(text);
    if (name === undefined) {
      name = node.name(pointer);
      this.#names.set(text, name);
    }
    return name;
  }

  /** A document declares few namespaces, each for many elements: the name is fetched once from where it stands. */
  namespaceOf(pointer: number): string {
    const declared = node.namespace(pointer);
    if (declared === 0) return '';
    let name = this.#namespaces.get(declared);
    if (name === undefined) {
      name = declaration.href(declared);
      this.#namespaces.set(declared, name);
    }
    return name;
  }

  dispose(): void {
    if (this.document !== 0) engine.xmlFreeDoc(this.document);
    this.document = 0;
    this.#namespaces.clear();
  }
}

export class TreeElement implements Element {
  readonly #tree: DocumentTree;
  readonly #pointer: number;
  #name: string | null = null;
  #namespace: string | null = null;

  constructor(tree: DocumentTree, pointer: number) {
    this.#tree = tree;
    this.#pointer = pointer;
  }

  /** The libxml2 node, for the rest of `xml/`. Reading it after the tree was disposed is a fault of ours. */
  get pointer(): number {
    if (this.#tree.document === 0) throw new Error('a message was read after its journey had ended');
    return this.#pointer;
  }

  get document(): number {
    return this.#tree.document;
  }

  get name(): string {
    this.#name ??= this.#tree.nameOf(this.pointer);
    return this.#name;
  }

  get namespace(): string {
    this.#namespace ??= this.#tree.namespaceOf(this.pointer);
    return this.#namespace;
  }

  get line(): number {
    return node.line(this.pointer);
  }

  get text(): string {
    return node.text(this.pointer);
  }

  get parent(): Element | null {
    const parent = node.parent(this.pointer);
    return parent === 0 || !node.isElement(parent) ? null : this.#tree.at(parent);
  }

  get children(): readonly TreeElement[] {
    const found: TreeElement[] = [];
    for (let at = node.children(this.pointer); at !== 0; at = node.next(at)) {
      if (node.isElement(at)) found.push(this.#tree.at(at));
    }
    return found;
  }

  get attributes(): readonly Attribute[] {
    const found: Attribute[] = [];
    for (let at = node.properties(this.pointer); at !== 0; at = node.next(at)) {
      found.push({
        name: this.#tree.nameOf(at),
        namespace: this.#tree.namespaceOf(at),
        value: node.text(at),
      });
    }
    return found;
  }

  child(name: string, namespace: string | null = ''): TreeElement | null {
    for (let at = node.children(this.pointer); at !== 0; at = node.next(at)) {
      if (!node.isElement(at) || this.#tree.nameOf(at) !== name) continue;
      if (namespace === null || this.#tree.namespaceOf(at) === namespace) return this.#tree.at(at);
    }
    return null;
  }

  attribute(name: string, namespace = ''): string | null {
    for (let at = node.properties(this.pointer); at !== 0; at = node.next(at)) {
      if (this.#tree.nameOf(at) === name && this.#tree.namespaceOf(at) === namespace) return node.text(at);
    }
    return null;
  }

  is(other: Element): boolean {
    return other instanceof TreeElement && other.#pointer === this.#pointer && other.#tree === this.#tree;
  }

  canonical(inclusivePrefixes: readonly string[] = []): Uint8Array {
    return canonicalise(this.document, this.pointer, inclusivePrefixes);
  }

  canonicalInclusive(): Uint8Array {
    return canonicaliseInclusive(this.document, this.pointer);
  }

  replaceText(text: string): void {
    if (this.children.length > 0) throw new Error(`${this.name} holds elements, which text cannot replace`);
    for (let at = node.children(this.pointer), next = 0; at !== 0; at = next) {
      next = node.next(at);
      engine.xmlUnlinkNode(at);
      engine.xmlFreeNode(at);
    }
    // A text node of its own: setting content would read references in it.
    const added = engine.xmlNewDocText(this.document, text);
    if (added === 0 || engine.xmlAddChild(this.pointer, added) === 0)
      throw new Error('libxml2 could not add text');
  }

  remove(): void {
    engine.xmlUnlinkNode(this.pointer);
    engine.xmlFreeNode(this.pointer);
  }

  removeAttribute(name: string, namespace = ''): void {
    for (let at = node.properties(this.pointer); at !== 0; at = node.next(at)) {
      if (this.#tree.nameOf(at) !== name || this.#tree.namespaceOf(at) !== namespace) continue;
      engine.xmlRemoveProp(at);
      return;
    }
  }
}

/** The libxml2 view of an element; only elements that this folder parsed have one. */
export function treeElement(element: Element): TreeElement {
  if (element instanceof TreeElement) return element;
  throw new Error('not an element of a parsed tree');
}
