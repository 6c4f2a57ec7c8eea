import type { Element } from '../exchange/element.ts';
import { engine } from './engine.ts';
import { treeElement } from './tree.ts';

/** What libxml2 said while it compiled or validated: its own words, in which values may be quoted. */
export type SchemaComplaint = {
  readonly message: string;
  /** URL of the schema document, or null when the complaint is on a message. */
  readonly file: string | null;
  readonly line: number;
  /** libxml2 node the complaint is about; 0 when there is none. */
  readonly pointer: number;
};

export type CompiledSchema = {
  /** One validation of the element where it stands in its tree; [] when it is valid. */
  readonly complaints: (element: Element) => readonly SchemaComplaint[];
  /** The same for the rest of `xml/`, on a node. */
  readonly complaintsAt: (pointer: number) => readonly SchemaComplaint[];
  readonly dispose: () => void;
};

export type Compilation =
  | { readonly schema: CompiledSchema; readonly complaints: readonly SchemaComplaint[] }
  | { readonly schema: null; readonly complaints: readonly SchemaComplaint[] };

/** A hostile message may break a rule on each of its nodes; nobody reads the thousandth complaint. */
const LIMIT = 50;
const WARNING = 1;

let collected: SchemaComplaint[] = [];

// One collector for all schemas: libxml2 is synchronous, so at most one validation is under way.
const collector = engine.addFunction((_data = 0, error = 0) => {
  if (collected.length >= LIMIT || engine.XmlErrorStruct.level(error) <= WARNING) return;
  collected.push({
    message: engine.XmlErrorStruct.message(error).trim(),
    file: engine.XmlErrorStruct.file(error),
    line: engine.XmlErrorStruct.line(error),
    pointer: engine.XmlErrorStruct.node(error),
  });
}, 'vii');

type Reading = {
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly read: Set<string>;
  readonly open: Map<number, { readonly bytes: Uint8Array; at: number }>;
};

let reading: Reading | null = null;

// The only way by which libxml2 can open anything, from the start: and nothing but what is being compiled from. One for
// all, since each registration compiles four functions that stay behind.
engine.xmlCleanupInputProvider();
engine.xmlRegisterInputProvider({
  match: () => true,
  open: (url) => {
    const bytes = reading?.documents.get(url);
    if (!reading || !bytes) return undefined;
    reading.read.add(url);
    reading.open.set(reading.read.size, { bytes, at: 0 });
    return reading.read.size;
  },
  read: (key, into) => {
    const file = reading?.open.get(key);
    if (!file) return -1;
    const chunk = file.bytes.subarray(file.at, file.at + into.length);
    into.set(chunk);
    file.at += chunk.length;
    return chunk.length;
  },
  close: (key) => reading?.open.delete(key) ?? false,
});

/**
 * Compiles a schema from memory only: nothing is read from disk, nothing is fetched. A document that no other one
 * refers to is a fault of the caller, since libxml2 passes over an import that it cannot resolve in silence.
 *
 * @param entry URL of the document to begin with
 * @param documents every document by its absolute URL, in UTF-8
 * @throws Error when a document was not read at all although the schema compiled
 */
export function compileSchema(entry: string, documents: ReadonlyMap<string, Uint8Array>): Compilation {
  const source = documents.get(entry);
  if (!source) throw new Error(`no document ${entry}`);
  const read = new Set([entry]);
  collected = [];
  reading = { documents, read, open: new Map() };
  const { schema, root } = parse(entry, source);
  const complaints = collected;
  if (schema === 0) {
    if (root !== 0) engine.xmlFreeDoc(root);
    return { schema: null, complaints };
  }
  const unread = [...documents.keys()].filter((url) => !read.has(url));
  if (unread.length > 0) {
    engine.xmlSchemaFree(schema);
    engine.xmlFreeDoc(root);
    throw new Error(`schema documents that nothing refers to: ${unread.join(', ')}`);
  }
  return { schema: compiled(schema, root), complaints };
}

function parse(entry: string, source: Uint8Array): { readonly schema: number; readonly root: number } {
  try {
    const context = engine.xmlNewParserCtxt();
    engine.xmlCtxtSetErrorHandler(context, collector, 0);
    const root = engine.xmlReadMemory(context, source, entry, 'utf-8', 0);
    engine.xmlFreeParserCtxt(context);
    if (root === 0) return { schema: 0, root };
    const parser = engine.xmlSchemaNewDocParserCtxt(root);
    engine.xmlSchemaSetParserStructuredErrors(parser, collector, 0);
    const schema = engine.xmlSchemaParse(parser);
    engine.xmlSchemaFreeParserCtxt(parser);
    return { schema, root };
  } finally {
    reading = null;
  }
}

/** @param root the entry's document: components of the schema point into it, so it lives as long as they do */
function compiled(pointer: number, root: number): CompiledSchema {
  let schema = pointer;
  const complaintsAt = (element: number): readonly SchemaComplaint[] => {
    if (schema === 0) throw new Error('a schema was used after it had been disposed');
    collected = [];
    // A new context each time: one that is kept would hold on to names of messages for ever.
    const context = engine.xmlSchemaNewValidCtxt(schema);
    try {
      engine.xmlSchemaSetValidStructuredErrors(context, collector, 0);
      const result = engine.xmlSchemaValidateOneElement(context, element);
      if (result < 0) throw new Error('libxml2 could not validate the element');
      if (result > 0 && collected.length === 0) throw new Error('libxml2 refused the element without a word');
      return collected;
    } finally {
      engine.xmlSchemaFreeValidCtxt(context);
    }
  };
  return {
    complaints: (element) => complaintsAt(treeElement(element).pointer),
    complaintsAt,
    dispose: () => {
      if (schema === 0) return;
      engine.xmlSchemaFree(schema);
      engine.xmlFreeDoc(root);
      schema = 0;
    },
  };
}
