import type { ContractName } from '../exchange/contract.ts';
import { attributeOf, type DocumentNode } from '../xml/document.ts';
import { type BoundOperation, children, soapChild, soapChildren } from './bindings.ts';
import { expandName, type QualifiedName } from './components.ts';
import { type Definition, type Definitions, referred } from './definitions.ts';
import type { Report } from './problem.ts';

/** One part of a message that travels in the Body. */
export type BodyPart = {
  readonly name: string;
  readonly element: QualifiedName | null;
  readonly type: QualifiedName | null;
  readonly file: string;
  readonly line: number;
};

/** What the Body of one direction holds, or why this bus cannot serve it. */
export type BodyShape =
  | { readonly kind: 'element'; readonly name: ContractName; readonly part: BodyPart }
  | { readonly kind: 'wrapper'; readonly name: ContractName; readonly parts: readonly BodyPart[] }
  | { readonly kind: 'unserved'; readonly reason: string };

/** Reads the `input` or `output` of a bound operation; null when the operation has none. */
export function bodyShape(
  operation: BoundOperation,
  direction: 'input' | 'output',
  definitions: Definitions,
  report: Report,
): BodyShape | null {
  const abstract = children(operation.abstract, direction)[0];
  if (!abstract) return null;
  const bound = children(operation.node, direction)[0];
  const body = bound ? soapChild(bound, 'body') : null;
  if (!bound || !body) {
    const mime = bound?.content.some((part) => typeof part !== 'string' && part.name === 'multipartRelated');
    return unserved(mime ? 'MIME attachments' : `no soap:body in its ${direction}`);
  }
  if (attributeOf(body, 'use') === 'encoded') return unserved(`${operation.style}/encoded`);
  const message = messageOf(abstract, operation.portType, definitions, report);
  if (!message) return unserved(`its ${direction} message is not defined`);
  const chosen = attributeOf(body, 'parts')?.split(/\s+/).filter(Boolean) ?? null;
  const headers = new Set(soapChildren(bound, 'header').map((header) => attributeOf(header, 'part')));
  const all = partsOf(message);
  for (const name of chosen ?? []) {
    if (all.some((part) => part.name === name)) continue;
    report(
      operation.binding.document.file,
      body.line,
      `soap:body names part ${name}, which the message lacks`,
    );
  }
  const parts = all.filter((part) => (chosen ? chosen.includes(part.name) : !headers.has(part.name)));
  if (operation.style === 'document') return documentBody(parts);
  if (parts.some((part) => part.type === null)) return unserved('rpc/literal with element= parts');
  const suffix = direction === 'output' ? 'Response' : '';
  const name = { namespace: attributeOf(body, 'namespace') ?? '', name: `${operation.name}${suffix}` };
  return { kind: 'wrapper', name, parts };
}

function documentBody(parts: readonly BodyPart[]): BodyShape {
  const [part, second] = parts;
  if (!part) return unserved('an empty Body');
  if (second) return unserved(`${parts.length} parts in a document-style Body`);
  if (!part.element) return unserved('a document-style part with type= instead of element=');
  return { kind: 'element', name: part.element, part };
}

const unserved = (reason: string): BodyShape => ({ kind: 'unserved', reason });

/** Headers and faults: the bus does not act on them, but what they refer to must exist. */
export function checkExtras(operation: BoundOperation, definitions: Definitions, report: Report): BodyPart[] {
  const { document } = operation.binding;
  const found: BodyPart[] = [];
  for (const bound of [...children(operation.node, 'input'), ...children(operation.node, 'output')]) {
    for (const header of soapChildren(bound, 'header')) {
      const qname = attributeOf(header, 'message') ?? '';
      const message = referred(definitions.messages, qname, header, document);
      const name = attributeOf(header, 'part') ?? '';
      const part = message ? partsOf(message).find((each) => each.name === name) : null;
      if (part) found.push(part);
      else
        report(
          document.file,
          header.line,
          `soap:header refers to part ${name} of ${qname}, which is missing`,
        );
    }
  }
  const declared = new Set<string | null>();
  for (const fault of children(operation.abstract, 'fault')) {
    declared.add(attributeOf(fault, 'name'));
    const message = messageOf(fault, operation.portType, definitions, report);
    if (message) found.push(...partsOf(message));
  }
  for (const fault of children(operation.node, 'fault')) {
    const name = attributeOf(fault, 'name');
    if (!declared.has(name))
      report(document.file, fault.line, `binds fault ${name}, which the portType lacks`);
  }
  return found;
}

/** The element of the first fault that an operation declares; null when it declares none. */
export function faultElement(operation: BoundOperation, definitions: Definitions): ContractName | null {
  const [fault] = children(operation.abstract, 'fault');
  const qname = fault && attributeOf(fault, 'message');
  if (!fault || !qname) return null;
  const message = referred(definitions.messages, qname, fault, operation.portType.document);
  return (message && partsOf(message)[0]?.element) ?? null;
}

function messageOf(
  node: DocumentNode,
  portType: Definition,
  definitions: Definitions,
  report: Report,
): Definition | null {
  const qname = attributeOf(node, 'message') ?? '';
  const message = referred(definitions.messages, qname, node, portType.document);
  if (!message) report(portType.document.file, node.line, `refers to message ${qname}, which is not defined`);
  return message;
}

function partsOf(message: Definition): readonly BodyPart[] {
  return children(message.node, 'part').map((node) => {
    const element = attributeOf(node, 'element');
    const type = attributeOf(node, 'type');
    return {
      name: attributeOf(node, 'name') ?? '',
      element: element === null ? null : expandName(element, node.scope),
      type: type === null ? null : expandName(type, node.scope),
      file: message.document.file,
      line: node.line,
    };
  });
}
