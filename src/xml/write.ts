import type { QName } from './names.ts';

/** Markup to be written; made by `element` and `fragment` only, so that nothing unescaped can slip in. */
export type Markup =
  | {
      readonly kind: 'element';
      readonly name: QName;
      readonly attributes: readonly Written[];
      readonly content: readonly Content[];
    }
  | { readonly kind: 'fragment'; readonly canonical: Uint8Array };
export type Content = Markup | string;
export type Written = { readonly name: QName; readonly value: string };

/** An element with its attributes and, in order, the elements and character data in it. Nulls are left out. */
export function element(
  name: QName,
  content: readonly (Content | null)[] | string,
  attributes: readonly Written[] = [],
): Markup {
  const list = typeof content === 'string' ? [content] : isWhole(content) ? content : content.filter(isThere);
  return { kind: 'element', name, attributes, content: list };
}

const isThere = (part: Content | null) => part !== null;
const isWhole = (content: readonly (Content | null)[]): content is readonly Content[] =>
  !content.includes(null);

export const attribute = (name: QName, value: string): Written => ({ name, value });

/** A subtree that libxml2 canonicalised. It must be self-contained: exclusive C14N without a PrefixList. */
export const fragment = (canonical: Uint8Array): Markup => ({ kind: 'fragment', canonical });

/** Markup as text: what `writeBytes` writes. */
export const write = (markup: Markup): string => writeBytes(markup).bytes.toString('utf8');

/** What was written, in UTF-8. */
export type Text = {
  readonly bytes: Buffer;
  /** Whether these bytes are the exclusive canonical form for certain, without anyone having to look. */
  readonly canonical: boolean;
};

/**
 * Writes markup in the form that Exclusive XML Canonicalization prescribes, so that what is signed can be digested
 * as it was written. A fragment is copied, and may declare again what is already in scope: where that cannot be ruled
 * out the form is not certain.
 */
export function writeBytes(markup: Markup): Text {
  const out: Out = { text: '', chunks: [], canonical: true };
  put(out, markup, NOTHING);
  const { chunks, text, canonical } = out;
  const last = Buffer.from(text, 'utf8');
  return { bytes: chunks.length === 0 ? last : Buffer.concat([...chunks, last]), canonical };
}

/** Text since the last fragment, and all that stands before it. */
type Out = { text: string; chunks: Uint8Array[]; canonical: boolean };
/** What is declared, the innermost first. */
type Scope = { readonly prefix: string; readonly namespace: string; readonly outer: Scope } | null;

const NOTHING: Scope = null;

function namespaceIn(scope: Scope, prefix: string): string {
  for (let at = scope; at !== null; at = at.outer) if (at.prefix === prefix) return at.namespace;
  return '';
}

function put(out: Out, part: Content, scope: Scope): void {
  if (typeof part === 'string') {
    out.text += escapeText(part);
  } else if (part.kind === 'fragment') {
    out.chunks.push(Buffer.from(out.text, 'utf8'), part.canonical);
    out.text = '';
    out.canonical &&= standsFor(part.canonical, scope);
  } else {
    putElement(out, part, scope);
  }
}

function putElement(
  out: Out,
  { name, attributes, content }: Extract<Markup, { kind: 'element' }>,
  scope: Scope,
) {
  const tag = tagOf(name);
  out.text += `<${tag}`;
  const inner =
    attributes.length === 0 && isDeclared(name, scope) ? scope : putAttributes(out, name, attributes, scope);
  out.text += '>';
  for (const part of content) put(out, part, inner);
  out.text += `</${tag}>`;
}

/** Writes what an element has to declare, then its attributes; what is in scope in it. */
function putAttributes(out: Out, name: QName, attributes: readonly Written[], scope: Scope): Scope {
  let inner = scope;
  for (const { prefix, namespace } of undeclared(name, attributes, scope)) {
    out.text += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`;
    inner = { prefix, namespace, outer: inner };
  }
  for (const each of attributes.length > 1 ? [...attributes].sort(inOrder) : attributes)
    out.text += ` ${tagOf(each.name)}="${escapeAttribute(each.value)}"`;
  return inner;
}

/** What an element has to declare for itself and its attributes, by prefix. */
function undeclared(name: QName, attributes: readonly Written[], scope: Scope): readonly QName[] {
  const found: QName[] = [];
  const need = (each: QName) => {
    if (!isDeclared(each, scope) && !found.some(({ prefix }) => prefix === each.prefix)) found.push(each);
  };
  need(name);
  for (const { name: each } of attributes) if (each.prefix !== '') need(each);
  return found.length > 1 ? found.sort((a, b) => compare(a.prefix, b.prefix)) : found;
}

const isDeclared = ({ prefix, namespace }: QName, scope: Scope) =>
  prefix === 'xml' || namespaceIn(scope, prefix) === namespace;

/** Whether a fragment's own form is also its form below these declarations: it repeats none, and inherits none. */
function standsFor(canonical: Uint8Array, scope: Scope): boolean {
  if (scope === null) return true;
  if (namespaceIn(scope, '') !== '') return false;
  const bytes = Buffer.from(canonical.buffer, canonical.byteOffset, canonical.byteLength);
  for (let at: Scope = scope; at !== null; at = at.outer)
    if (bytes.includes(` xmlns:${at.prefix}="`)) return false;
  return true;
}

const inOrder = (a: Written, b: Written) =>
  compare(a.name.namespace, b.name.namespace) || compare(a.name.name, b.name.name);

const tagOf = ({ prefix, name }: QName) => (prefix === '' ? name : `${prefix}:${name}`);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

// Canonical XML 1.0 §2.3, and what XML 1.0 cannot hold at all is replaced rather than sent.
const escapeText = (text: string) =>
  PLAIN.test(text) ? text : legal(text).replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
const escapeAttribute = (value: string) =>
  PLAIN.test(value)
    ? value
    : legal(value).replace(/[&<"\t\n\r]/g, (character) => ENTITIES[character] ?? character);

// Most of what is written needs no change at all: neither markup nor quotes nor anything XML cannot hold.
const PLAIN = /^[ !#-%'-;=?-~\u00a0-\ud7ff]*$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

// Control characters, noncharacters and lone surrogates (XML 1.0 §2.2).
const ILLEGAL = new RegExp(
  '[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]' +
    '|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
  'g',
);

const legal = (text: string) => text.replace(ILLEGAL, '\ufffd');
