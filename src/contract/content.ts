import type { AttributeModel } from '../exchange/contract.ts';
import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import { type Component, type Components, keyOf, type QualifiedName, resolveName } from './components.ts';
import type { SchemaPart } from './schema-set.ts';

/** The content model of a type: which elements it lets follow each other. */
export type Particle = { readonly min: number; readonly max: number } & (
  | { readonly kind: 'element'; readonly declaration: Declaration }
  | { readonly kind: 'any' }
  | { readonly kind: 'sequence' | 'choice' | 'all'; readonly parts: readonly Particle[] }
);

/** An element's name and where its type is to be read, later: types may contain themselves. */
export type Declaration = QualifiedName & { readonly node: DocumentNode; readonly part: SchemaPart };

export type Content = {
  readonly particle: Particle | null;
  readonly attributes: readonly AttributeModel[];
  readonly anyAttribute: boolean;
  /** 'simple': a simple type or simple content; 'mixed': character data between elements. */
  readonly text: 'none' | 'simple' | 'mixed';
};

const SIMPLE: Content = { particle: null, attributes: [], anyAttribute: false, text: 'simple' };
const ANY: Particle = { kind: 'any', min: 0, max: Number.POSITIVE_INFINITY };
const ANY_TYPE: Content = { particle: ANY, attributes: [], anyAttribute: true, text: 'mixed' };
const EMPTY: Content = { particle: null, attributes: [], anyAttribute: false, text: 'none' };

/** Reads types into content models. What does not resolve counts as empty: the compiler has complained of it already. */
export function contentReader(components: Components): (declaration: Declaration) => Content {
  /** `self` is the definition being read, so that a redefinition can mean the one that it replaces. */
  const find = (kind: 'type' | 'group' | 'attributeGroup', name: QualifiedName, self: Component | null) =>
    self?.original && self.key === keyOf(kind, name) ? self.original : components.find(kind, name);

  function named(qname: string, node: DocumentNode, part: SchemaPart, self: Component | null): Content {
    const name = resolveName(qname, node, part);
    if (name.namespace === namespaces.xsd) return name.name === 'anyType' ? ANY_TYPE : SIMPLE;
    const type = find('type', name, self);
    if (!type) return EMPTY;
    return type.node.name === 'simpleType' ? SIMPLE : complex(type.node, type.part, type);
  }

  function complex(node: DocumentNode, part: SchemaPart, self: Component | null): Content {
    const simple = only(node, 'simpleContent');
    const derived = simple ?? only(node, 'complexContent');
    const mixed = isTrue(node, 'mixed') || (derived !== null && isTrue(derived, 'mixed'));
    const own = { text: mixed ? 'mixed' : 'none' } as const;
    if (!derived) return { particle: particles(node, part, self), ...attributes(node, part, self), ...own };
    const step = only(derived, 'extension') ?? only(derived, 'restriction');
    if (!step) return EMPTY;
    const base = named(attributeOf(step, 'base') ?? '', step, part, self);
    const added = attributes(step, part, self);
    const names = new Set([...added.attributes, ...added.prohibited].map(attributeKey));
    const merged = {
      attributes: [...base.attributes.filter((each) => !names.has(attributeKey(each))), ...added.attributes],
      anyAttribute: added.anyAttribute || (step.name === 'extension' && base.anyAttribute),
    };
    if (simple) return { particle: null, ...merged, text: 'simple' };
    const particle = particles(step, part, self);
    if (step.name === 'restriction') return { particle, ...merged, ...own };
    const both = [base.particle, particle].filter((each) => each !== null);
    const extended: Particle = { kind: 'sequence', min: 1, max: 1, parts: both };
    return { particle: extended, ...merged, text: mixed ? 'mixed' : base.text };
  }

  function particles(node: DocumentNode, part: SchemaPart, self: Component | null): Particle | null {
    const found = childrenOf(node).flatMap((child) => particle(child, part, self) ?? []);
    return found[0] ?? null;
  }

  function particle(node: DocumentNode, part: SchemaPart, self: Component | null): Particle | null {
    const occurs = occurrence(node);
    if (node.namespace !== namespaces.xsd || occurs.max === 0) return null;
    switch (node.name) {
      case 'sequence':
      case 'choice':
      case 'all': {
        const parts = childrenOf(node).flatMap((child) => particle(child, part, self) ?? []);
        return { kind: node.name, parts, ...occurs };
      }
      case 'group': {
        const group = find('group', resolveName(attributeOf(node, 'ref') ?? '', node, part), self);
        const inner = group ? particles(group.node, group.part, group) : null;
        return inner ? { kind: 'sequence', parts: [inner], ...occurs } : null;
      }
      case 'element': {
        const declaration = declared(node, part);
        return declaration ? { kind: 'element', declaration, ...occurs } : null;
      }
      case 'any':
        return { kind: 'any', ...occurs };
      default:
        return null;
    }
  }

  function declared(node: DocumentNode, part: SchemaPart): Declaration | null {
    const ref = attributeOf(node, 'ref');
    if (ref !== null) {
      const name = resolveName(ref, node, part);
      const target = components.find('element', name);
      return target ? { ...name, node: target.node, part: target.part } : null;
    }
    return { ...localName(node, part, 'elementFormDefault'), node, part };
  }

  function attributes(node: DocumentNode, part: SchemaPart, self: Component | null): Attributes {
    const found: Attributes = { attributes: [], prohibited: [], anyAttribute: false };
    for (const child of childrenOf(node)) {
      if (child.name === 'anyAttribute') found.anyAttribute = true;
      if (child.name === 'attribute') addAttribute(found, child, part);
      if (child.name !== 'attributeGroup') continue;
      const group = find('attributeGroup', resolveName(attributeOf(child, 'ref') ?? '', child, part), self);
      if (!group) continue;
      const inner = attributes(group.node, group.part, group);
      found.attributes.push(...inner.attributes);
      found.anyAttribute ||= inner.anyAttribute;
    }
    return found;
  }

  return ({ node, part }) => {
    const type = attributeOf(node, 'type');
    if (type !== null) return named(type, node, part, null);
    const anonymous = only(node, 'complexType');
    if (anonymous) return complex(anonymous, part, null);
    return only(node, 'simpleType') ? SIMPLE : ANY_TYPE;
  };
}

function addAttribute(to: Attributes, node: DocumentNode, part: SchemaPart): void {
  const ref = attributeOf(node, 'ref');
  const name = ref === null ? localName(node, part, 'attributeFormDefault') : resolveName(ref, node, part);
  const use = attributeOf(node, 'use');
  if (use === 'prohibited') to.prohibited.push(name);
  else to.attributes.push({ ...name, required: use === 'required' });
}

type Attributes = { attributes: AttributeModel[]; prohibited: QualifiedName[]; anyAttribute: boolean };

function localName(node: DocumentNode, part: SchemaPart, formDefault: string): QualifiedName {
  const form = attributeOf(node, 'form') ?? attributeOf(part.root, formDefault);
  return { namespace: form === 'qualified' ? part.namespace : '', name: attributeOf(node, 'name') ?? '' };
}

function occurrence(node: DocumentNode): { readonly min: number; readonly max: number } {
  const max = attributeOf(node, 'maxOccurs') ?? '1';
  return {
    min: Number(attributeOf(node, 'minOccurs') ?? 1),
    max: max === 'unbounded' ? Number.POSITIVE_INFINITY : Number(max),
  };
}

const only = (node: DocumentNode, name: string) =>
  childrenOf(node).find((child) => child.name === name && child.namespace === namespaces.xsd) ?? null;

const isTrue = (node: DocumentNode, name: string) => ['true', '1'].includes(attributeOf(node, name) ?? '');

const attributeKey = ({ namespace, name }: QualifiedName) => `{${namespace}}${name}`;
