import type { ContractName, Operation } from '../exchange/contract.ts';
import type { SoapVersion } from '../xml/names.ts';
import { type BoundOperation, boundOperations } from './bindings.ts';
import type { Definitions } from './definitions.ts';
import { type BodyPart, type BodyShape, bodyShape, checkExtras, faultElement } from './messages.ts';
import type { Report } from './problem.ts';

/** One line of what a WSDL offers: an operation of a service, over one or more ports. */
export type Offer = {
  readonly service: string;
  readonly operation: string;
  readonly soap: readonly SoapVersion[];
  readonly addresses: readonly string[];
  /** Null when it is served, else why not. */
  readonly unserved: string | null;
};

export type Interface = {
  readonly operations: readonly Operation[];
  readonly offers: readonly Offer[];
  readonly wrappers: readonly (Extract<BodyShape, { kind: 'wrapper' }> & { readonly at: BoundOperation })[];
  /** Parts whose element or type must exist in the schemas. */
  readonly parts: readonly BodyPart[];
};

type Folded = Omit<Operation, 'soap' | 'soapActions'> & {
  readonly at: BoundOperation;
  readonly soap: SoapVersion[];
  readonly soapActions: string[];
};

/** The operations that clients can call, with ports and bindings of the same operation folded into one. */
export function readInterface(definitions: Definitions, report: Report): Interface {
  const folded = new Map<string, Folded>();
  const offers = new Map<string, Offer & { readonly soap: SoapVersion[]; readonly addresses: string[] }>();
  const wrappers = new Map<string, Interface['wrappers'][number]>();
  const parts = new Set<BodyPart>();
  for (const bound of boundOperations(definitions, report)) {
    const { file } = bound.binding.document;
    const request = bodyShape(bound, 'input', definitions, report);
    const response = bodyShape(bound, 'output', definitions, report);
    const unserved = reasonAgainst(bound, request, response);
    note(offers, bound, unserved);
    if (unserved !== null || request === null || request.kind === 'unserved' || bound.soap === null) {
      report(file, bound.node.line, `operation ${bound.name} is not served: ${unserved}`, 'notice');
      continue;
    }
    for (const part of checkExtras(bound, definitions, report)) parts.add(part);
    for (const shape of [request, response]) {
      if (shape?.kind === 'element') parts.add(shape.part);
      if (shape?.kind !== 'wrapper') continue;
      wrappers.set(nameKey(shape.name), { ...shape, at: bound });
      for (const part of shape.parts) parts.add(part);
    }
    const answer = response === null || response.kind === 'unserved' ? null : response.name;
    const names = { request: request.name, response: answer, fault: faultElement(bound, definitions) };
    fold(folded, bound, bound.soap, names);
  }
  const operations = [...folded.values()];
  reportConflicts(operations, report);
  return {
    operations: operations.map(({ at: _at, ...operation }) => operation),
    offers: [...offers.values()],
    wrappers: [...wrappers.values()],
    parts: [...parts],
  };
}

function reasonAgainst(
  bound: BoundOperation,
  request: BodyShape | null,
  response: BodyShape | null,
): string | null {
  if (bound.soap === null) return 'its binding is not a SOAP binding';
  if (request === null) return 'it has no input';
  if (request.kind === 'unserved') return request.reason;
  return response?.kind === 'unserved' ? response.reason : null;
}

function note(
  offers: Map<string, Offer & { readonly soap: SoapVersion[]; readonly addresses: string[] }>,
  bound: BoundOperation,
  unserved: string | null,
): void {
  const key = JSON.stringify([bound.service, bound.name, unserved]);
  const offer = offers.get(key) ?? {
    service: bound.service,
    operation: bound.name,
    soap: [],
    addresses: [],
    unserved,
  };
  offers.set(key, offer);
  if (bound.soap !== null && !offer.soap.includes(bound.soap)) offer.soap.push(bound.soap);
  if (bound.address !== null && !offer.addresses.includes(bound.address)) offer.addresses.push(bound.address);
}

function fold(
  folded: Map<string, Folded>,
  at: BoundOperation,
  version: SoapVersion,
  names: Pick<Operation, 'request' | 'response' | 'fault'>,
): void {
  const { request, response } = names;
  const key = JSON.stringify([at.name, nameKey(request), response && nameKey(response), at.style]);
  const operation = folded.get(key) ?? {
    name: at.name,
    ...names,
    style: at.style,
    soap: [],
    soapActions: [],
    at,
  };
  folded.set(key, operation);
  if (!operation.soap.includes(version)) operation.soap.push(version);
  if (at.soapAction !== '' && !operation.soapActions.includes(at.soapAction)) {
    operation.soapActions.push(at.soapAction);
  }
}

/** Routing is on the Body's child, so two operations that begin alike cannot be told apart. */
function reportConflicts(operations: readonly Folded[], report: Report): void {
  const byRequest = Map.groupBy(operations, ({ request }) => nameKey(request));
  for (const [name, [first, ...others]] of byRequest) {
    for (const other of others) {
      const text = `operations ${first?.name} and ${other.name} both begin with ${name}; a message cannot choose`;
      report(other.at.binding.document.file, other.at.node.line, text);
    }
  }
}

export const nameKey = ({ namespace, name }: ContractName) => `{${namespace}}${name}`;
