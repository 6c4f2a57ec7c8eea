import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import type { SchemaPart } from './schema-set.ts';

/** A global declaration or definition, with the part whose defaults and namespace hold for it. */
export type Component = {
  readonly key: string;
  readonly node: DocumentNode;
  readonly part: SchemaPart;
  /** What an xs:redefine replaced: the definition that its own name means inside it. */
  readonly original: Component | null;
};

export type ComponentKind = 'element' | 'type' | 'group' | 'attributeGroup' | 'attribute';

export type Components = {
  readonly find: (kind: ComponentKind, name: QualifiedName) => Component | null;
};

export type QualifiedName = { readonly namespace: string; readonly name: string };

const KINDS: Readonly<Record<string, ComponentKind>> = {
  element: 'element',
  complexType: 'type',
  simpleType: 'type',
  group: 'group',
  attributeGroup: 'attributeGroup',
  attribute: 'attribute',
};

/** Indexes everything that is declared globally. The parts must have compiled, so that no name is there twice. */
export function componentsOf(parts: readonly SchemaPart[]): Components {
  const index = new Map<string, Component>();
  const put = (part: SchemaPart, node: DocumentNode) => {
    const kind = KINDS[node.name];
    const name = attributeOf(node, 'name');
    if (kind === undefined || name === null || node.namespace !== namespaces.xsd) return;
    const key = keyOf(kind, { namespace: part.namespace, name });
    index.set(key, { key, node, part, original: index.get(key) ?? null });
  };
  for (const part of parts) for (const node of childrenOf(part.root)) put(part, node);
  for (const part of parts) {
    for (const redefine of childrenOf(part.root).filter((node) => node.name === 'redefine')) {
      for (const node of childrenOf(redefine)) put(part, node);
    }
  }
  return { find: (kind, name) => index.get(keyOf(kind, name)) ?? null };
}

export const keyOf = (kind: ComponentKind, { namespace, name }: QualifiedName) =>
  `${kind} {${namespace}}${name}`;

/** The name that a QName in an attribute means. In a chameleon, no namespace is the includer's namespace. */
export function resolveName(qname: string, node: DocumentNode, part: SchemaPart): QualifiedName {
  const { namespace, name } = expandName(qname, node.scope);
  const chameleon = namespace === '' && attributeOf(part.root, 'targetNamespace') === null;
  return { namespace: chameleon ? part.namespace : namespace, name };
}

export function expandName(qname: string, scope: ReadonlyMap<string, string>): QualifiedName {
  const text = qname.trim();
  const colon = text.indexOf(':');
  const namespace = scope.get(colon === -1 ? '' : text.slice(0, colon)) ?? '';
  return { namespace, name: text.slice(colon + 1) };
}
