import { childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import type { BodyShape } from './messages.ts';
import { xsd } from './schema-source.ts';

type Wrapper = Extract<BodyShape, { kind: 'wrapper' }>;

/**
 * The schema that rpc/literal leaves unwritten: for each wrapper an element that holds the parts, in the order of the
 * message, as local elements in no namespace (WS-I Basic Profile 1.1, R2717 and R2735).
 */
export function wrapperSchema(namespace: string, wrappers: readonly Wrapper[]): DocumentNode {
  const types = new Set(wrappers.flatMap(({ parts }) => parts.flatMap((part) => part.type?.namespace ?? [])));
  const prefixes = new Map([...types].map((uri, index) => [uri, `t${index}`]));
  const scope = new Map([
    ['xs', namespaces.xsd],
    ...[...prefixes].map(([uri, prefix]) => [prefix, uri] as const),
  ]);
  // A type in no namespace is named without a prefix, which works only while no default namespace is declared.
  scope.delete(prefixes.get('') ?? '');
  const node = (
    name: string,
    attributes: Readonly<Record<string, string | null>>,
    content?: DocumentNode[],
  ) => xsd(name, attributes, content, scope);
  const imports = [...types]
    .filter((uri) => uri !== namespace && uri !== namespaces.xsd)
    .map((uri) => node('import', { namespace: uri === '' ? null : uri }));
  const elements = wrappers.map(({ name, parts }) => {
    const members = parts.map(({ name: part, type }) => {
      const uri = type?.namespace ?? '';
      const prefix = uri === '' ? '' : `${prefixes.get(uri)}:`;
      return node('element', { name: part, type: `${prefix}${type?.name ?? ''}` });
    });
    return node('element', { name: name.name }, [node('complexType', {}, [node('sequence', {}, members)])]);
  });
  const target = namespace === '' ? null : namespace;
  return node('schema', { targetNamespace: target, elementFormDefault: 'unqualified' }, [
    ...imports,
    ...elements,
  ]);
}

/** The same schema with every line set to that of the WSDL's binding, which is what a complaint should point at. */
export function atLine(node: DocumentNode, line: number): DocumentNode {
  return { ...node, line, content: childrenOf(node).map((child) => atLine(child, line)) };
}
