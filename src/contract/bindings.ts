import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces, type SoapVersion } from '../xml/names.ts';
import { type Definition, type Definitions, referred } from './definitions.ts';
import type { Report } from './problem.ts';

/** One operation of one binding, as the WSDL writes it; what its messages hold is read later. */
export type BoundOperation = {
  readonly name: string;
  readonly service: string;
  readonly address: string | null;
  readonly soap: SoapVersion | null;
  readonly style: 'document' | 'rpc';
  readonly soapAction: string;
  /** The operation in the binding, and in the port type. */
  readonly node: DocumentNode;
  readonly binding: Definition;
  readonly abstract: DocumentNode;
  readonly portType: Definition;
};

const SOAP_OVER_HTTP: ReadonlySet<string> = new Set([
  'http://schemas.xmlsoap.org/soap/http',
  'http://www.w3.org/2003/05/soap/bindings/HTTP/',
  'http://schemas.xmlsoap.org/soap/http/',
]);

/** Every operation of every binding, once for each port that uses it, or once when none does. */
export function boundOperations(definitions: Definitions, report: Report): readonly BoundOperation[] {
  const ports = portsOf(definitions, report);
  const found: BoundOperation[] = [];
  for (const binding of definitions.bindings.values()) {
    const used = ports.filter((port) => port.binding === binding);
    if (used.length === 0) {
      report(binding.document.file, binding.node.line, `no port uses binding ${binding.name}`, 'notice');
    }
    const operations = operationsIn(binding, definitions, report);
    const places = used.length > 0 ? used : [{ service: binding.name, address: null }];
    for (const { service, address } of places) {
      found.push(...operations.map((operation) => ({ ...operation, service, address })));
    }
  }
  const first = definitions.documents[0];
  if (first && definitions.bindings.size === 0) {
    report(first.file, first.root.line, 'has no binding, so nothing in it can be called');
  }
  return found;
}

function portsOf(definitions: Definitions, report: Report) {
  return [...definitions.services.values()].flatMap(({ node, document, name }) =>
    childrenOf(node)
      .filter((port) => port.name === 'port' && port.namespace === namespaces.wsdl)
      .map((port) => {
        const qname = attributeOf(port, 'binding') ?? '';
        const binding = referred(definitions.bindings, qname, port, document);
        if (!binding)
          report(document.file, port.line, `port refers to binding ${qname}, which is not defined`);
        const address = childrenOf(port).find((child) => child.name === 'address');
        return { service: name, binding, address: address ? attributeOf(address, 'location') : null };
      }),
  );
}

type WithoutPort = Omit<BoundOperation, 'service' | 'address'>;

function operationsIn(binding: Definition, definitions: Definitions, report: Report): readonly WithoutPort[] {
  const { node, document } = binding;
  const qname = attributeOf(node, 'type') ?? '';
  const portType = referred(definitions.portTypes, qname, node, document);
  if (!portType) {
    report(document.file, node.line, `binding refers to portType ${qname}, which is not defined`);
    return [];
  }
  const extension = soapChild(node, 'binding');
  const transport = extension ? attributeOf(extension, 'transport') : null;
  if (transport !== null && !SOAP_OVER_HTTP.has(transport)) {
    report(document.file, node.line, `transport ${transport} is served over HTTP`, 'notice');
  }
  return children(node, 'operation').flatMap((operation) => {
    const name = attributeOf(operation, 'name') ?? '';
    const abstract = children(portType.node, 'operation').find((each) => attributeOf(each, 'name') === name);
    if (!abstract) {
      report(document.file, operation.line, `binds operation ${name}, which portType ${portType.name} lacks`);
      return [];
    }
    const details = soapChild(operation, 'operation');
    const style =
      (details && attributeOf(details, 'style')) ??
      (extension && attributeOf(extension, 'style')) ??
      'document';
    return {
      name,
      soap: extension ? versionOf(extension) : null,
      style: style === 'rpc' ? ('rpc' as const) : ('document' as const),
      soapAction: (details && attributeOf(details, 'soapAction')) ?? '',
      node: operation,
      binding,
      abstract,
      portType,
    };
  });
}

const versionOf = (node: DocumentNode): SoapVersion =>
  node.namespace === namespaces.wsdlSoap12 ? '1.2' : '1.1';

export function children(of: DocumentNode, name: string): readonly DocumentNode[] {
  return childrenOf(of).filter((child) => child.name === name && child.namespace === namespaces.wsdl);
}

/** A SOAP extension element of either version. */
export function soapChild(of: DocumentNode, name: string): DocumentNode | null {
  return soapChildren(of, name)[0] ?? null;
}

export function soapChildren(of: DocumentNode, name: string): readonly DocumentNode[] {
  return childrenOf(of).filter(
    (child) =>
      child.name === name &&
      (child.namespace === namespaces.wsdlSoap11 || child.namespace === namespaces.wsdlSoap12),
  );
}
