import type { QName } from './names.ts';

/** Markup to be written; made by `element` and `fragment` only, so that nothing unescaped can slip in. */
export type Markup =
  | {
      readonly kind: 'element';
      readonly name: QName;
      readonly attributes: readonly Written[];
      readonly content: readonly Content[];
    }
  | { readonly kind: 'fragment'; readonly canonical: string };
export type Content = Markup | string;
export type Written = { readonly name: QName; readonly value: string };

/** An element with its attributes and, in order, the elements and character data in it. Nulls are left out. */
export function element(
  name: QName,
  content: readonly (Content | null)[] | string,
  attributes: readonly Written[] = [],
): Markup {
  const list = typeof content === 'string' ? [content] : content.filter((part) => part !== null);
  return { kind: 'element', name, attributes, content: list };
}

export const attribute = (name: QName, value: string): Written => ({ name, value });

/** A subtree that libxml2 canonicalised. It must be self-contained: exclusive C14N without a PrefixList. */
export function fragment(canonical: Uint8Array): Markup {
  return {
    kind: 'fragment',
    canonical: Buffer.from(canonical.buffer, canonical.byteOffset, canonical.byteLength).toString('utf8'),
  };
}

/**
 * Writes markup in the form that Exclusive XML Canonicalization prescribes, so that what is signed can be digested
 * as it was written. A fragment is copied, and may declare again what is already in scope; where that can happen the
 * result is parsed and canonicalised before it is signed (`stages/compose.ts`).
 */
export function write(markup: Markup): string {
  return writeIn(markup, new Map());
}

function writeIn(markup: Content, scope: ReadonlyMap<string, string>): string {
  if (typeof markup === 'string') return escapeText(markup);
  if (markup.kind === 'fragment') return markup.canonical;
  const { name, attributes, content } = markup;
  const rendered = new Map(scope);
  const declarations = [name, ...attributes.map((each) => each.name)]
    .filter((used, index) => used.prefix !== 'xml' && (index === 0 || used.prefix !== ''))
    .filter(({ prefix, namespace }) => {
      if ((rendered.get(prefix) ?? '') === namespace) return false;
      rendered.set(prefix, namespace);
      return true;
    })
    .sort((a, b) => compare(a.prefix, b.prefix))
    .map(
      ({ prefix, namespace }) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`,
    );
  const written = [...attributes]
    .sort((a, b) => compare(a.name.namespace, b.name.namespace) || compare(a.name.name, b.name.name))
    .map((each) => ` ${tagOf(each.name)}="${escapeAttribute(each.value)}"`);
  const tag = tagOf(name);
  const inner = content.map((part) => writeIn(part, rendered)).join('');
  return `<${tag}${declarations.join('')}${written.join('')}>${inner}</${tag}>`;
}

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
