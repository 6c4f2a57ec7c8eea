import type { ContractName } from '../exchange/contract.ts';
import { expectedNames } from '../xml/every-complaint.ts';

/**
 * Says what libxml2 complained of without what it quotes: a violation is told to others than the sender, and the
 * values of a message are nobody's business. Only names and what the schema itself says come through.
 */
export function wordingOf(complaint: string): string {
  const { element, attribute, text } = taken(complaint);
  const subject = attribute === null ? '' : `attribute ${attribute} `;
  for (const [pattern, say] of RULES) {
    const match = pattern.exec(text);
    if (match) return `${subject}${say(match, element, complaint)}`;
  }
  return `${subject}breaks a rule of the schema`;
}

/** `{namespace}name` or `name` as a pair. */
export function expandKey(key: string): ContractName {
  const close = key.lastIndexOf('}');
  return { namespace: close === -1 ? '' : key.slice(1, close), name: key.slice(close + 1) };
}

const PREFIX = /^Element '([^']*)'(?:, attribute '([^']*)')?: /;

function taken(complaint: string) {
  const prefix = PREFIX.exec(complaint);
  return {
    element: prefix?.[1] ?? '',
    attribute: prefix?.[2] === undefined ? null : expandKey(prefix[2]).name,
    text: complaint.slice(prefix?.[0].length ?? 0),
  };
}

type Rule = readonly [RegExp, (match: RegExpExecArray, element: string, complaint: string) => string];

// A quoted value may hold anything, such as the words that follow it; each expression takes the last occurrence.
const RULES: readonly Rule[] = [
  [
    /^This element is not expected\./,
    (_, element, complaint) => notAllowed(element, expectedNames(complaint)),
  ],
  [/^Missing child element\(s\)\./, (_, _element, complaint) => missing(expectedNames(complaint))],
  [/^The attribute '([^']*)' is required but missing/, (match) => `attribute ${local(match[1])} is missing`],
  [/^The attribute '[^']*' is not allowed/, () => 'is not allowed here'],
  [
    /^\[facet 'pattern'\].*is not accepted by the pattern '(.*?)'\.$/s,
    (match) => `does not match pattern ${match[1]}`,
  ],
  [
    /^\[facet 'enumeration'\].*is not an element of the set \{(.*?)\}\.$/s,
    (match) => `must be one of: ${set(match[1])}`,
  ],
  [/^\[facet '(\w+)'\].*'([^']*)'\)?\.$/s, (match) => facet(match[1] ?? '', match[2] ?? '')],
  [/^\[facet '(\w+)'\]/, (match) => `is outside ${match[1]}`],
  [
    /.*is not a valid value of the (local )?(\w+) type(?: '([^']*)')?\.$/s,
    (match) => `is not a valid ${match[3] === undefined ? 'value of its type' : local(match[3])}`,
  ],
  [/^Element content is not allowed/, () => 'may not hold elements'],
  [/^Character content/, () => 'may not hold text'],
  [/^No matching global /, () => 'is not declared by the contract'],
  [/^The element is not 'nillable'/, () => 'may not be nil'],
  [/xsi:type/, () => 'has an xsi:type that the contract does not allow'],
  [
    /type definition is abstract|element declaration is abstract/,
    () => 'is abstract: a concrete type must be named',
  ],
  [/fixed value constraint/, () => 'differs from the fixed value of the contract'],
  [/Duplicate key-sequence/, () => 'repeats a value that must be unique'],
  [/No match found for key-sequence/, () => 'refers to a key that is not there'],
];

function notAllowed(element: string, expected: readonly string[]): string {
  const { name, namespace } = expandKey(element);
  if (expected.length === 0) return 'not allowed here';
  const names = expected.map((each) => {
    const wanted = expandKey(each);
    if (wanted.name !== name || wanted.namespace === namespace) return wanted.name;
    return `${name} in ${wanted.namespace === '' ? 'no namespace' : `namespace ${wanted.namespace}`}`;
  });
  return `not allowed here; expected${names.length > 1 ? ' one of' : ''}: ${names.join(', ')}`;
}

function missing(expected: readonly string[]): string {
  const names = expected.map((each) => expandKey(each).name);
  if (names.length === 0) return 'is incomplete';
  return `is incomplete; expected${names.length > 1 ? ' one of' : ''}: ${names.join(', ')}`;
}

const FACETS: Readonly<Record<string, string>> = {
  length: 'must have length',
  minLength: 'is shorter than',
  maxLength: 'is longer than',
  minInclusive: 'is less than',
  maxInclusive: 'is greater than',
  minExclusive: 'must be greater than',
  maxExclusive: 'must be less than',
  totalDigits: 'has more digits than',
  fractionDigits: 'has more fraction digits than',
};

const facet = (name: string, bound: string) => `${FACETS[name] ?? `breaks ${name}`} ${bound}`;

const set = (text = '') => text.replace(/'([^']*)'/g, '$1');

const local = (name = '') => expandKey(name).name.replace(/^xs:/, '');
