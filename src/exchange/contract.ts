import type { Element } from './element.ts';

/** A name in a contract, without the prefix somebody chose for it. */
export type ContractName = { readonly namespace: string; readonly name: string };

/** One operation of a WSDL as clients call it; several ports or bindings of one operation are folded into one. */
export type Operation = {
  readonly name: string;
  /** The Body's child element of the question, and of the answer (null when the operation is one-way). */
  readonly request: ContractName;
  readonly response: ContractName | null;
  /** The element in a fault's detail, the first where several are declared; null when there is none. */
  readonly fault: ContractName | null;
  readonly style: 'document' | 'rpc';
  /** SOAP versions for which a binding exists. */
  readonly soap: readonly ('1.1' | '1.2')[];
  /** soapAction values that the bindings declare, '' left out. */
  readonly soapActions: readonly string[];
};

/** One broken rule of the schema. `path` is the element's path from the Body's child, with positions; no values. */
export type Violation = { readonly path: string; readonly line: number; readonly message: string };

/** What an element may hold, read from the schema; the tree is finite because recursion refers back by identity. */
export type ElementModel = {
  readonly name: string;
  readonly namespace: string;
  /** minOccurs 0 or member of a choice: it may be left out without breaking its parent. */
  readonly optional: boolean;
  readonly repeats: boolean;
  /** True when it holds character data (simple type or simple content). */
  readonly hasText: boolean;
  readonly attributes: readonly AttributeModel[];
  /** In schema order. Filled on first use, since a type may contain itself. */
  readonly children: readonly ElementModel[];
};

export type AttributeModel = {
  readonly name: string;
  readonly namespace: string;
  readonly required: boolean;
};

/** A WSDL with all it imports, compiled. */
export type Contract = {
  readonly operations: readonly Operation[];
  /** Every broken rule on the Body's child, up to a bound; [] when it is valid. Never inserts, never rewrites. */
  readonly violations: (element: Element) => readonly Violation[];
  /** The declaration of a Body child; null when the contract declares no such element. */
  readonly model: (name: ContractName) => ElementModel | null;
  /** The WSDL, or one of its schemas by published path, with imports rewritten to `base`; null when there is none. */
  readonly publish: (document: 'wsdl' | { readonly xsd: string }, base: string) => string | null;
  /** Until the hold is disposed of, what is compiled stays, though another contract may take this one's place. */
  readonly hold: () => { readonly dispose: () => void };
  /** Nobody begins with this contract any more: what is compiled is freed when the last hold on it ends. */
  readonly retire: () => void;
};
