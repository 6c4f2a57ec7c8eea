/**
 * A file that operators trust (WSDL, XSD) as plain data: unlike a message it is read often, outlives everything, and
 * its QNames in attribute values need the prefixes that are in scope. Comments and processing instructions are dropped.
 */
import { complaints, engine } from './engine.ts';
import { declaration, node } from './nodes.ts';

export type DocumentNode = {
  readonly prefix: string;
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
  readonly attributes: readonly DocumentAttribute[];
  /** Declarations on this very element, prefix to namespace. */
  readonly declarations: ReadonlyMap<string, string>;
  /** Every prefix that may be used here, '' for the default namespace. */
  readonly scope: ReadonlyMap<string, string>;
  readonly content: readonly (DocumentNode | string)[];
};

export type DocumentAttribute = {
  readonly prefix: string;
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
};

export type ReadDocument =
  | { readonly root: DocumentNode }
  | { readonly root: null; readonly line: number; readonly message: string };

// NOENT | NOCDATA | NONET | NO_XXE | NO_SYS_CATALOG: internal entities are resolved, nothing is fetched.
const OPTIONS = 2 | 16384 | 2048 | 8388608 | 33554432;

/** Reads a document in whatever encoding it declares. */
export function readDocument(bytes: Uint8Array): ReadDocument {
  let document = 0;
  const said = complaints((handler) => {
    const context = engine.xmlNewParserCtxt();
    engine.xmlCtxtSetErrorHandler(context, handler, 0);
    document = engine.xmlReadMemory(context, bytes, null, null, OPTIONS);
    engine.xmlFreeParserCtxt(context);
  });
  try {
    const first = said[0];
    if (document === 0 || first) {
      return { root: null, line: first?.line ?? 1, message: first?.message ?? 'the file is empty' };
    }
    return { root: nodeAt(engine.xmlDocGetRootElement(document), new Map()) };
  } finally {
    if (document !== 0) engine.xmlFreeDoc(document);
  }
}

function nodeAt(pointer: number, outer: ReadonlyMap<string, string>): DocumentNode {
  const declarations = new Map<string, string>();
  for (let at = node.declarations(pointer); at !== 0; at = declaration.next(at)) {
    declarations.set(declaration.prefix(at), declaration.href(at));
  }
  const scope = declarations.size === 0 ? outer : new Map([...outer, ...declarations]);
  const attributes: DocumentAttribute[] = [];
  for (let at = node.properties(pointer); at !== 0; at = node.next(at)) {
    attributes.push({ ...nameAt(at), value: node.text(at) });
  }
  const content: (DocumentNode | string)[] = [];
  for (let at = node.children(pointer); at !== 0; at = node.next(at)) {
    if (node.isElement(at)) content.push(nodeAt(at, scope));
    else if (node.isText(at)) content.push(node.text(at));
  }
  return {
    ...nameAt(pointer),
    line: node.line(pointer),
    attributes,
    declarations,
    scope,
    content,
  };
}

function nameAt(pointer: number) {
  const declared = node.namespace(pointer);
  return {
    prefix: declared === 0 ? '' : declaration.prefix(declared),
    name: node.name(pointer),
    namespace: declared === 0 ? '' : declaration.href(declared),
  };
}

export function childrenOf(parent: DocumentNode): readonly DocumentNode[] {
  return parent.content.filter((part) => typeof part !== 'string');
}

/** An attribute in no namespace; null when it is absent. */
export function attributeOf(of: DocumentNode, name: string): string | null {
  return of.attributes.find((each) => each.name === name && each.namespace === '')?.value ?? null;
}

/** A copy with attributes in no namespace set or, where the value is null, left out. */
export function withAttributes(
  of: DocumentNode,
  changes: Readonly<Record<string, string | null>>,
): DocumentNode {
  const kept = of.attributes.filter((each) => each.namespace !== '' || !Object.hasOwn(changes, each.name));
  const set = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [{ prefix: '', name, namespace: '', value }],
  );
  return { ...of, attributes: [...kept, ...set] };
}
