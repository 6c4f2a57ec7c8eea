import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import { type Component, type Components, type QualifiedName, resolveName } from './components.ts';
import type { Declaration } from './content.ts';
import type { SchemaPart } from './schema-set.ts';

/** What a schema says of the text that an element holds, for people and for samples; the compiler decides. */
export type TypeFacts = {
  /** Its type as the schema names it (`xs:date`, `INSZType`); '' when it has no name. */
  readonly type: string;
  /** The XML Schema type it is made of (`string`, `date`); null where it holds no simple value. */
  readonly base: string | null;
  /** The values that it may have; [] when they are not listed. */
  readonly values: readonly string[];
  /** Of each list one must match, whole. */
  readonly patterns: readonly (readonly string[])[];
  readonly shortest: number;
  readonly longest: number;
  /** What the element's annotation says, or else its type's; '' when neither says anything. */
  readonly documentation: string;
};

type Facets = Pick<TypeFacts, 'base' | 'values' | 'patterns' | 'shortest' | 'longest'>;

const ANYTHING = { values: [], patterns: [], shortest: 0, longest: Number.POSITIVE_INFINITY };
/** Types are derived in a few steps; a redefinition names itself. */
const DEEPEST = 20;

export function typeFacts({ node, part }: Declaration, components: Components): TypeFacts {
  const qname = attributeOf(node, 'type');
  const name = qname === null ? null : resolveName(qname, node, part);
  const named = name === null ? null : typeNamed(name, components);
  const inside = only(node, 'simpleType') ?? only(node, 'complexType');
  const facets = named
    ? facetsOf(named.node, named.part, components, 0)
    : inside
      ? facetsOf(inside, part, components, 0)
      : builtIn(name);
  return {
    type: name === null ? '' : isBuiltIn(name) ? `xs:${name.name}` : name.name,
    ...facets,
    documentation: documentationOf(node) || (named ? documentationOf(named.node) : ''),
  };
}

function facetsOf(node: DocumentNode, part: SchemaPart, components: Components, depth: number): Facets {
  const holder = node.name === 'complexType' ? only(node, 'simpleContent') : node;
  if (!holder || depth > DEEPEST) return { base: null, ...ANYTHING };
  if (only(holder, 'list') || only(holder, 'union')) return { base: 'string', ...ANYTHING };
  const step = only(holder, 'restriction') ?? only(holder, 'extension');
  if (!step) return { base: null, ...ANYTHING };
  const below = baseOf(step, part, components, depth + 1);
  const facet = (name: string) =>
    childrenOf(step)
      .filter((child) => child.name === name && child.namespace === namespaces.xsd)
      .map((child) => attributeOf(child, 'value') ?? '');
  const values = facet('enumeration');
  const patterns = facet('pattern');
  const [length] = facet('length');
  const [shortest = length] = facet('minLength');
  const [longest = length] = facet('maxLength');
  return {
    base: below.base,
    values: values.length > 0 ? values : below.values,
    patterns: patterns.length > 0 ? [...below.patterns, patterns] : below.patterns,
    shortest: shortest === undefined ? below.shortest : Number(shortest),
    longest: longest === undefined ? below.longest : Number(longest),
  };
}

function baseOf(step: DocumentNode, part: SchemaPart, components: Components, depth: number): Facets {
  const qname = attributeOf(step, 'base');
  const inside = only(step, 'simpleType');
  if (qname === null) return inside ? facetsOf(inside, part, components, depth) : builtIn(null);
  const name = resolveName(qname, step, part);
  const type = typeNamed(name, components);
  return type ? facetsOf(type.node, type.part, components, depth) : builtIn(name);
}

const isBuiltIn = ({ namespace }: QualifiedName) => namespace === namespaces.xsd;

const builtIn = (name: QualifiedName | null): Facets => ({
  base: name && isBuiltIn(name) && name.name !== 'anyType' ? name.name : null,
  ...ANYTHING,
});

const typeNamed = (name: QualifiedName, components: Components): Component | null =>
  isBuiltIn(name) ? null : components.find('type', name);

const only = (node: DocumentNode, name: string) =>
  childrenOf(node).find((child) => child.name === name && child.namespace === namespaces.xsd) ?? null;

function documentationOf(node: DocumentNode): string {
  const annotation = only(node, 'annotation');
  const said = annotation ? childrenOf(annotation).filter(({ name }) => name === 'documentation') : [];
  return said.map(textOf).join(' ').replace(/\s+/g, ' ').trim();
}

/** All character data below a node of a document. */
export const textOf = (node: DocumentNode): string =>
  node.content.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
