import { elementsOf, insert, put, type Range } from './markup.ts';
import type { Mutator, Mutators } from './mutator.ts';
import type { Random } from './random.ts';

/** Subtrees that are elsewhere, twice, gone, or inside each other: what wrapping attacks are made of. */

const content = (text: string, { from, to }: Range) => text.slice(from, to);

/** Half of the time one of the parts that a signature is about. */
function pickElement(elements: readonly Range[], random: Random): Range {
  const parts = elements.filter(({ name }) => PARTS.test(name));
  return random.pick(parts.length > 0 && random.chance(0.5) ? parts : elements);
}
const PARTS =
  /^(?:\w+:)?(?:Body|Header|Security|Timestamp|BinarySecurityToken|Signature|SignedInfo|Reference|KeyInfo|Object|Envelope|X509Data)$/;

/** Somewhere right inside an element: at its beginning or at its end. */
function spot(text: string, { from, to, inside }: Range, random: Random): number {
  if (inside === to) return to;
  const end = text.lastIndexOf('</', to);
  return random.pick([inside, end, from, to]);
}

const withElements =
  (
    change: (text: string, elements: readonly Range[], random: Random, others: readonly string[]) => string,
  ): Mutator =>
  (text, random, others) => {
    const elements = elementsOf(text);
    return elements.length === 0 ? text : change(text, elements, random, others);
  };

export const treeMutators: Mutators = {
  'an element twice': withElements((text, elements, random) => {
    const range = pickElement(elements, random);
    return insert(text, range.to, content(text, range));
  }),
  'a copy elsewhere': withElements((text, elements, random) => {
    const copy = content(text, pickElement(elements, random));
    return insert(text, spot(text, pickElement(elements, random), random), copy);
  }),
  'an element elsewhere': withElements((text, elements, random) => {
    const range = pickElement(elements, random);
    const rest = put(text, range, '');
    const left = elementsOf(rest);
    return left.length === 0
      ? rest
      : insert(rest, spot(rest, pickElement(left, random), random), content(text, range));
  }),
  'an element less': withElements((text, elements, random) => put(text, pickElement(elements, random), '')),
  'an element of another': withElements((text, elements, random, others) => {
    const other = random.pick(others);
    const there = elementsOf(other);
    if (there.length === 0) return text;
    const brought = content(other, pickElement(there, random));
    return random.chance(0.5)
      ? put(text, pickElement(elements, random), brought)
      : insert(text, spot(text, pickElement(elements, random), random), brought);
  }),
  'an element around': withElements((text, elements, random) => {
    const range = pickElement(elements, random);
    const name = random.pick([
      'x',
      'ds:Object',
      's:Body',
      's:Header',
      'wsse:Security',
      'wsu:Timestamp',
      'Vraag',
    ]);
    return put(text, range, `<${name}>${content(text, range)}</${name}>`);
  }),
  'its content alone': withElements((text, elements, random) => {
    const range = pickElement(elements, random);
    if (range.inside === range.to) return text;
    return put(text, range, text.slice(range.inside, text.lastIndexOf('</', range.to - 1)));
  }),
  'two in the place of each other': withElements((text, elements, random) => {
    const [first, second] = [pickElement(elements, random), pickElement(elements, random)].sort(
      (a, b) => a.from - b.from,
    );
    if (!first || !second || first.to > second.from) return text;
    const swapped = put(text, second, content(text, first));
    return put(swapped, first, content(text, second));
  }),
  'a copy that is altered, and the old one put away': withElements((text, elements, random) => {
    const part = pickElement(elements, random);
    const old = content(text, part);
    const other = old.replaceAll(/>([^<]*\w[^<]*)</g, (all, inside: string) =>
      random.chance(0.3) ? `>${inside.slice(0, -1)}9<` : all,
    );
    const altered = put(text, part, random.chance(0.5) ? other : other.replace(/ (?:\w+:)?Id="[^"]*"/, ''));
    const places = elementsOf(altered);
    const away = random.pick([
      old,
      `<x:Away xmlns:x="urn:x">${old}</x:Away>`,
      `<ds:Object>${old}</ds:Object>`,
    ]);
    return places.length === 0
      ? altered
      : insert(altered, spot(altered, pickElement(places, random), random), away);
  }),
  'deep nesting': withElements((text, elements, random) => {
    const levels = random.pick([5, 40, 95, 101, 300]);
    const name = random.pick(['a', 'x', 's:Body']);
    const nest = `<${name}>`.repeat(levels) + `</${name}>`.repeat(random.chance(0.9) ? levels : levels - 1);
    return insert(text, spot(text, pickElement(elements, random), random), nest);
  }),
  'a header block': (text, random) => text.replace(/<\/(\w+:)?Header>/, (end) => random.pick(BLOCKS) + end),
};

const BLOCKS = [
  ...[
    '<x:B xmlns:x="urn:x"/>',
    '<x:B xmlns:x="urn:x">a</x:B>',
    '<B xmlns=""/>',
    '<x:B xmlns:x="urn:x" Id="BODY"/>',
  ],
  '<x:B xmlns:x="urn:x" s:mustUnderstand="1"/>',
  '<x:B xmlns:x="urn:x" xmlns:s="urn:s" s:mustUnderstand="1"/>',
  '<wsse:Security/>',
  '<wsse:Security s:actor="urn:hop"/>',
  '<x:B xmlns:x="urn:x" xmlns:g="urn:g" xml:lang="nl" xml:space="preserve"/>',
] as const;
