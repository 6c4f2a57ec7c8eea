import { type AttributeRange, attributesOf, insert, put, startTagsOf } from './markup.ts';
import { type Mutator, type Mutators, NAMESPACES, PREFIXES } from './mutator.ts';
import type { Random } from './random.ts';

/** Attributes, prefixes, namespaces and ids. */

const ATTRIBUTES = [
  ...[
    'Id="BODY"',
    'wsu:Id="BODY"',
    'ID="BODY"',
    'id="BODY"',
    'xml:id="BODY"',
    'wsu:Id="TS"',
    'Id="X509"',
    'x:Id="TS"',
  ],
  ...[
    'xml:lang="nl"',
    'xml:space="preserve"',
    'xml:base="http://127.0.0.1:9/"',
    'a="b"',
    'a=""',
    'a="&#10;&#13;&#9;"',
  ],
  ...[
    's:mustUnderstand="1"',
    's:actor=""',
    's:role="urn:hop"',
    'Algorithm=""',
    'URI=""',
    'Type="urn:t"',
    'Encoding=""',
  ],
  'xsi:type="a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  ...['b="1" a="2"', 'a="<"', 'a="\u00e9"', 'a="a\n b"', 'A="a" a="A"'],
] as const;

const inTag =
  (what: (random: Random) => string): Mutator =>
  (text, random) => {
    const tags = startTagsOf(text);
    if (tags.length === 0) return text;
    const { from, to } = random.pick(tags);
    const name = /^<[^\s/>]*/.exec(text.slice(from, to))?.[0].length ?? 1;
    return insert(text, from + name, ` ${what(random)}`);
  };

const withAttributes =
  (change: (text: string, attributes: readonly AttributeRange[], random: Random) => string): Mutator =>
  (text, random) => {
    const attributes = attributesOf(text);
    return attributes.length === 0 ? text : change(text, attributes, random);
  };
const declares = ({ name }: AttributeRange) => name === 'xmlns' || name.startsWith('xmlns:');
const valueIn = (text: string, { value }: AttributeRange) => text.slice(value.from, value.to);

export const nameMutators: Mutators = {
  'an attribute more': inTag((random) => random.pick(ATTRIBUTES)),
  'a declaration more': inTag((random) => {
    const prefix = random.pick(['', ...PREFIXES]);
    return `xmlns${prefix && `:${prefix}`}="${random.pick(NAMESPACES)}"`;
  }),
  'a declaration nobody uses': inTag((random) => `xmlns:n${random.int(50)}="urn:n${random.int(5)}"`),
  'an attribute less': withAttributes((text, attributes, random) => put(text, random.pick(attributes), '')),
  'an attribute twice': withAttributes((text, attributes, random) => {
    const each = random.pick(attributes);
    return insert(text, each.to, text.slice(each.from, each.to));
  }),
  'attributes in another order': withAttributes((text, attributes, random) => {
    const each = random.pick(attributes);
    const tag = attributes.filter(
      ({ from }) => text.lastIndexOf('<', from) === text.lastIndexOf('<', each.from),
    );
    const [first, last] = [tag[0], tag.at(-1)];
    if (!first || !last) return text;
    const written = tag.map(({ from, to }) => text.slice(from, to)).reverse();
    return put(text, { from: first.from, to: last.to }, written.join(''));
  }),
  'other quotes': withAttributes((text, attributes, random) => {
    const each = random.pick(attributes);
    const value = valueIn(text, each);
    const layout = random.pick(['', ' ', '\n']);
    return /['"]/.test(value) ? text : put(text, each, ` ${each.name}${layout}=${layout}'${value}'`);
  }),
  'a value written by references': withAttributes((text, attributes, random) => {
    const each = random.pick(attributes);
    const value = valueIn(text, each);
    const at = random.int(value.length + 1);
    const code = value.codePointAt(at);
    if (code === undefined || value.includes('&')) return text;
    const written = `${value.slice(0, at)}&#${code};${value.slice(at + 1)}`;
    return put(text, each.value, written);
  }),
  'another value': withAttributes((text, attributes, random) => {
    const other = valueIn(text, random.pick(attributes));
    return put(text, random.pick(attributes).value, other);
  }),
  'a value altered': withAttributes((text, attributes, random) => {
    const each = random.pick(attributes);
    const value = valueIn(text, each);
    const by = random.pick([
      '',
      ' ',
      '#',
      'A',
      '/',
      '\u00e9',
      '&#13;',
      '%20',
      value,
      value.toUpperCase(),
      '\n',
    ]);
    return insert(text, each.value.from + random.int(value.length + 1), by);
  }),
  'another namespace': withAttributes((text, attributes, random) => {
    const declarations = attributes.filter(declares);
    if (declarations.length === 0) return text;
    return put(text, random.pick(declarations).value, random.pick(NAMESPACES));
  }),
  'a declaration elsewhere': withAttributes((text, attributes, random) => {
    const declarations = attributes.filter(declares);
    if (declarations.length === 0) return text;
    const each = random.pick(declarations);
    const moved = text.slice(each.from, each.to);
    return inTag(() => moved.trim())(random.chance(0.5) ? put(text, each, '') : text, random, []);
  }),
  'another prefix throughout': (text, random) => {
    const prefix = random.pick(PREFIXES);
    const other = random.pick([...PREFIXES, 'q', 'SOAP-ENV']);
    return text
      .replaceAll(new RegExp(`(</?|\\s)${prefix}:`, 'g'), `$1${other}:`)
      .replaceAll(`xmlns:${prefix}=`, `xmlns:${other}=`);
  },
  'a tag renamed': (text, random) => {
    const tags = startTagsOf(text);
    if (tags.length === 0) return text;
    const { from, to } = random.pick(tags);
    const name = /^<([^\s/>]*)/.exec(text.slice(from, to))?.[1] ?? '';
    const bare = name.split(':').at(-1) ?? '';
    const other = random.pick([
      bare,
      `${random.pick(PREFIXES)}:${bare}`,
      name.toLowerCase(),
      `${name}x`,
      'Envelope',
      'Body',
    ]);
    return text.replaceAll(new RegExp(`(</?)${escaped(name)}(?=[\\s/>])`, 'g'), `$1${other}`);
  },
  'ids in the place of each other': (text, random) => {
    const ids = [...text.matchAll(/\bId=["']([^"']*)["']/gi)].map(([, id = '']) => id);
    if (ids.length === 0) return text;
    const [one, other] = [random.pick(ids), random.pick(ids)];
    return random.chance(0.5)
      ? text.replace(`"${one}"`, `"${other}"`)
      : text.replaceAll(one, '\0').replaceAll(other, one).replaceAll('\0', other);
  },
};

const escaped = (name: string) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
