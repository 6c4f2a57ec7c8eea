import type { ElementModel } from '../exchange/contract.ts';
import type { Particle } from './content.ts';
import { contentIfRead, factsOf } from './model.ts';
import type { TypeFacts } from './type-facts.ts';
import { keyOf } from './visibility.ts';

/**
 * Values by path with which a message of this shape holds what its schema demands, and what is known besides: always
 * the same for the same schema. Of a choice the first is taken, unless something in another is known.
 *
 * @param known values that are to be in it, by path below the element
 */
export function sampleValues(
  model: ElementModel,
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const paths = [...known.keys()];
  const isKnown = (path: string) => paths.some((each) => each === path || each.startsWith(`${path}/`));

  function fill(element: ElementModel, path: string): void {
    const given = known.get(path);
    const content = contentIfRead(element);
    if (given !== undefined || content?.text === 'simple') {
      values.set(path, given ?? sampleText(factsOf(element)));
      return;
    }
    if (path.split('/').length > DEEPEST) return;
    if (content?.particle) walk(content.particle, element, path);
    if (content) return;
    for (const child of element.children) {
      if (!child.optional || isKnown(join(path, child.name))) fill(child, join(path, child.name));
    }
  }

  function walk(particle: Particle, within: ElementModel, path: string): void {
    if (particle.min === 0 && !holdsKnown(particle, within, path)) return;
    if (particle.kind === 'any') return;
    if (particle.kind === 'element') {
      const child = childOf(particle, within);
      if (child) fill(child, join(path, child.name));
    } else if (particle.kind === 'choice') {
      const chosen = particle.parts.find((part) => holdsKnown(part, within, path)) ?? particle.parts[0];
      if (chosen) walk(chosen, within, path);
    } else for (const part of particle.parts) walk(part, within, path);
  }

  function holdsKnown(particle: Particle, within: ElementModel, path: string): boolean {
    if (particle.kind === 'any') return false;
    if (particle.kind !== 'element') return particle.parts.some((part) => holdsKnown(part, within, path));
    const child = childOf(particle, within);
    return child !== null && isKnown(join(path, child.name));
  }

  fill(model, '');
  return values;
}

const DEEPEST = 20;

const join = (path: string, name: string) => (path === '' ? name : `${path}/${name}`);

function childOf({ declaration }: Extract<Particle, { kind: 'element' }>, within: ElementModel) {
  const { name, namespace } = declaration;
  const key = namespace === '' ? name : `{${namespace}}${name}`;
  return within.children.find((child) => keyOf(child) === key) ?? null;
}

/** By the XML Schema type that a type is made of; the rest is text. */
const BY_BASE: Readonly<Record<string, string>> = {
  date: '2026-01-15',
  dateTime: '2026-01-15T09:00:00',
  time: '09:00:00',
  boolean: 'true',
  gYear: '2026',
  base64Binary: 'a3J1aXNwdW50',
  anyURI: 'urn:voorbeeld',
};
const NUMBERS =
  /^(?:decimal|double|float|(?:positive|nonNegative|unsigned)?(?:Integer|Int|Long|Short|Byte)|integer|int|long|short|byte)$/;
/** Synthetic: a person with month 65, an enterprise that does not exist. */
export const SAMPLE_NUMBERS = { person: '74651210490', enterprise: '0999990123' } as const;
const { person, enterprise } = SAMPLE_NUMBERS;
const TEXTS = [
  'voorbeeld',
  '2026-01-15',
  '09:00:00',
  person,
  enterprise,
  '2026',
  'nl',
  'A',
  '1',
  '01',
  '1.0',
];

/** A value that a type allows, as far as its lists, patterns and lengths tell. */
function sampleText(facts: TypeFacts): string {
  const { base, values, shortest, longest } = facts;
  const [listed] = values;
  if (listed !== undefined) return listed;
  const typed = base !== null && NUMBERS.test(base) ? '1' : BY_BASE[base ?? ''];
  if (typed !== undefined) return typed;
  const lengths = [shortest, longest].filter((length) => length > 0 && length <= 64);
  const filled = lengths.flatMap((length) => ['1'.repeat(length), 'A'.repeat(length), 'a'.repeat(length)]);
  const found = [...TEXTS, ...filled].find((text) => allows(facts, text));
  return found ?? 'A'.repeat(Math.max(1, shortest));
}

function allows({ patterns, shortest, longest }: TypeFacts, text: string): boolean {
  if (text.length < shortest || text.length > longest) return false;
  return patterns.every((alternatives) => alternatives.some((pattern) => matches(pattern, text)));
}

/** XML Schema's patterns are near enough to JavaScript's; what is not is taken for one that does not match. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text);
  } catch {
    return false;
  }
}
