import { Refusal } from '../exchange/refusal.ts';

export type Limits = {
  readonly depth: number;
  readonly elements: number;
  readonly attributes: number;
  readonly attributesOfOne: number;
  readonly comments: number;
};

/** What a message from anybody may cost. One that a person or program writes in earnest stays far below each. */
export const messageLimits: Limits = {
  depth: 100,
  elements: 20_000,
  attributes: 20_000,
  attributesOfOne: 500,
  // Templates that testers fill in have one for each optional element.
  comments: 1_000,
};

/** What the answer of a configured source may cost: a register's lists are long. */
export const answerLimits: Limits = { ...messageLimits, elements: 500_000, attributes: 500_000 };

/** What was counted on the way, for who would otherwise search the whole tree for what is not there. */
export type Census = {
  readonly comments: number;
  /** Attributes, whatever their prefix, that some reader takes for an id; namespace prefixes of that name with them. */
  readonly ids: number;
  /** Whether a byte order mark may stand within it, as it is or as a reference. */
  readonly marks: boolean;
};

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const COLON = 0x3a;
const X = 0x78;

const refuse = (detail: string) => new Refusal('10001', detail, 'De boodschap is geen toegelaten XML.');

/**
 * Walks the markup once, before any parser allocates for it, and refuses what SOAP forbids (a document type
 * declaration, processing instructions: SOAP 1.1 §3, SOAP 1.2 part 1 §5) and what is only ever sent to exhaust.
 * It decides on limits alone: whatever is not well-formed is left to the parser to refuse.
 *
 * @param bytes UTF-8, without byte order mark or XML declaration
 */
export function checkLimits(bytes: Buffer, limits: Limits): Census {
  const count = { elements: 0, attributes: 0, comments: 0, ids: 0 };
  let depth = 0;
  let at = indexOf(bytes, LT, 0);
  while (at !== -1) {
    const next = bytes[at + 1];
    let end: number;
    if (next === SLASH) {
      depth--;
      end = indexOf(bytes, GT, at);
    } else if (next === BANG) {
      end = skipDeclaration(bytes, at, count, limits);
    } else if (next === QUESTION) {
      throw refuse('processing instruction in a SOAP message');
    } else {
      if (++count.elements > limits.elements) throw refuse(`more than ${limits.elements} elements`);
      end = endOfTag(bytes, at, count, limits);
      if (end !== -1 && bytes[end - 1] !== SLASH && ++depth > limits.depth) {
        throw refuse(`elements nested deeper than ${limits.depth}`);
      }
    }
    if (end === -1) break;
    at = indexOf(bytes, LT, end);
  }
  return { ...count, marks: bytes.includes(MARK) || bytes.includes(REFERENCE) };
}

/** Most of what is looked for is near, and to ask for it outside of JavaScript costs more than to look at a word or two. */
function indexOf(bytes: Buffer, byte: number, from: number): number {
  const near = Math.min(from + NEAR, bytes.length);
  for (let i = from; i < near; i++) if (bytes[i] === byte) return i;
  return bytes.indexOf(byte, near);
}

const NEAR = 48;

type Count = { attributes: number; comments: number; ids: number };

function skipDeclaration(bytes: Buffer, at: number, count: Count, limits: Limits): number {
  if (bytes.subarray(at, at + 4).equals(COMMENT)) {
    if (++count.comments > limits.comments) throw refuse(`more than ${limits.comments} comments`);
    return bytes.indexOf('-->', at + 4);
  }
  if (bytes.subarray(at, at + 9).equals(CDATA)) return bytes.indexOf(']]>', at + 9);
  throw refuse('document type declaration in a SOAP message');
}

const MARK = Buffer.from('\ufeff');
const REFERENCE = Buffer.from('&#');
const COMMENT = Buffer.from('<!--');
const CDATA = Buffer.from('<![CDATA[');

/** Index of the '>' that closes the tag at `at`, attribute values skipped; -1 when there is none. */
function endOfTag(bytes: Buffer, at: number, count: Count, limits: Limits): number {
  const before = count.attributes;
  let declares = false;
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === GT) return i;
    if (byte === EQUALS) {
      countAttribute(count, before, limits);
      if (namesAnId(bytes, i)) count.ids++;
      declares = declaresNamespace(bytes, i);
    } else if (byte === QUOTE || byte === APOSTROPHE) {
      const from = i + 1;
      i = indexOf(bytes, byte, from);
      if (i === -1) return -1;
      if (declares) assertAbsolute(bytes, from, i);
    }
  }
  return -1;
}

function countAttribute(count: Count, before: number, limits: Limits): void {
  if (++count.attributes - before > limits.attributesOfOne)
    throw refuse(`more than ${limits.attributesOfOne} attributes on one element`);
  if (count.attributes > limits.attributes) throw refuse(`more than ${limits.attributes} attributes`);
}

/** Does the attribute name that ends before the '=' at `equals` read `id`, in any case and with any prefix? */
function namesAnId(bytes: Buffer, equals: number): boolean {
  let end = equals - 1;
  while (isSpace(bytes[end])) end--;
  const i = bytes[end - 1] ?? 0;
  const d = bytes[end] ?? 0;
  if ((d | 0x20) !== 0x64 || (i | 0x20) !== 0x69) return false;
  const first = bytes[end - 2];
  return first === COLON || isSpace(first);
}

/** Reads the attribute name that ends before the '=' at `equals` `xmlns`, or `xmlns:` and a prefix? */
function declaresNamespace(bytes: Buffer, equals: number): boolean {
  let end = equals;
  while (isSpace(bytes[end - 1])) end--;
  let start = end;
  while (isPartOfName(bytes[start - 1])) start--;
  if (bytes[start] !== X || XMLNS.compare(bytes, start, Math.min(start + XMLNS.length, end)) !== 0)
    return false;
  return end - start === XMLNS.length || bytes[start + XMLNS.length] === COLON;
}

const XMLNS = Buffer.from('xmlns');

function assertAbsolute(bytes: Buffer, from: number, to: number): void {
  const name = bytes.toString('latin1', from, to);
  if (name !== '' && !ABSOLUTE.test(name))
    throw refuse(`namespace name ${name.includes('&') ? 'with a reference in it' : 'that is relative'}`);
}

/**
 * A message with a namespace name that is no absolute URI has no canonical form (Canonical XML 1.0 §1.3), wherever in it
 * that stands. What may be in a URI is RFC 3986's; a host in brackets no name needs. Of `&amp;` in a name libxml2 writes the
 * canonical form without escaping it, and so the same as of `&amp;amp;` by others (§1.3 again).
 */
const ABSOLUTE =
  /^[A-Za-z][A-Za-z0-9+.-]*:(?:[\w.~:/?@!$'()*+,;=-]|%[0-9A-Fa-f]{2})*(?:#(?:[\w.~:/?@!$'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/;

const isPartOfName = (byte: number | undefined) =>
  byte !== undefined && !isSpace(byte) && byte !== QUOTE && byte !== APOSTROPHE && byte !== EQUALS;

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
