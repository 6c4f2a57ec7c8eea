import { engine } from './engine.ts';

/**
 * libxml2's nodes, read where they stand in its memory. The library's own readers do the same for any kind of value, and
 * copy what is text before they read it, a word at a time: a message has some eight hundred words and seventy texts.
 *
 * The places are those of `struct _xmlNode`, `_xmlAttr` and `_xmlNs` (libxml2's tree.h) where a pointer has four bytes;
 * the library's version is pinned.
 */

const [ELEMENT, TEXT, CDATA] = [1, 3, 4];
const [TYPE, CHILDREN, NEXT, CONTENT] = [4, 12, 24, 40];

// Views of a memory that has grown are empty, and made anew.
let words: Uint32Array = new Uint32Array(0);
let bytes: Buffer = Buffer.alloc(0);

function look(): void {
  const { buffer } = engine.XmlNodeSetStruct.nodeTable(0, 0);
  words = new Uint32Array(buffer);
  bytes = Buffer.from(buffer);
}

/** @throws Error when there is no node, which is a fault of ours */
function wordOf(node: number, place: number): number {
  if (node === 0) throw new Error('a node was read that is not there');
  if (words.length === 0) look();
  return words[(node + place) >>> 2] ?? 0;
}

/** The text that begins there and ends before a zero; '' for none. */
function textAt(address: number): string {
  if (address === 0) return '';
  if (bytes.length === 0) look();
  // Most ends soon, and to ask for its end outside of JavaScript costs more than to look.
  const near = address + NEAR;
  let end = address;
  while (end < near && bytes[end] !== 0) end++;
  if (end === near) end = bytes.indexOf(0, near);
  return bytes.toString('utf8', address, end);
}

const NEAR = 64;

const isElement = (at: number): boolean => wordOf(at, TYPE) === ELEMENT;

const isText = (at: number): boolean => {
  const type = wordOf(at, TYPE);
  return type === TEXT || type === CDATA;
};

/** As XPath's string(): comments are passed over. References stand for themselves no more once a document is parsed. */
function textOf(at: number): string {
  if (isText(at)) return textAt(wordOf(at, CONTENT));
  let text = '';
  for (let child = wordOf(at, CHILDREN); child !== 0; child = wordOf(child, NEXT))
    if (isText(child) || isElement(child)) text += textOf(child);
  return text;
}

export const node = {
  isElement,
  /** Whether it is character data, in a CDATA section or not. */
  isText,
  /** Where the name stands: elements and attributes of one name, read by one parser, have it in one place. */
  nameAddress: (at: number) => wordOf(at, 8),
  name: (at: number) => textAt(wordOf(at, 8)),
  children: (at: number) => wordOf(at, CHILDREN),
  last: (at: number) => wordOf(at, 16),
  parent: (at: number) => wordOf(at, 20),
  next: (at: number) => wordOf(at, NEXT),
  prev: (at: number) => wordOf(at, 28),
  document: (at: number) => wordOf(at, 32),
  /** Of an element or attribute: its declaration, 0 for none. */
  namespace: (at: number) => wordOf(at, 36),
  /** Of an element: its first attribute. */
  properties: (at: number) => wordOf(at, 44),
  /** Of an element: its first declaration of a namespace. */
  declarations: (at: number) => wordOf(at, 48),
  /** Of an element: the line its start tag is on, up to 65,535. */
  line: (at: number) => wordOf(at, 56) & 0xffff,
  /** The character data in an element or attribute, however deep, or of a text. */
  text: textOf,
};

/** A namespace declaration. */
export const declaration = {
  next: (at: number) => wordOf(at, 0),
  href: (at: number) => textAt(wordOf(at, 8)),
  prefix: (at: number) => textAt(wordOf(at, 12)),
};

/** The name of an element or attribute as `{namespace}name`, or `name` where it is in none. */
export function nameOf(at: number): string {
  const declared = node.namespace(at);
  return declared === 0 ? node.name(at) : `{${declaration.href(declared)}}${node.name(at)}`;
}
