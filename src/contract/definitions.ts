import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import { expandName, type QualifiedName } from './components.ts';
import type { Files } from './files.ts';
import type { Report } from './problem.ts';
import type { SchemaSet } from './schema-set.ts';

/** A WSDL with all the WSDLs that it imports: what they define, by namespace and name. */
export type Definitions = {
  readonly documents: readonly WsdlDocument[];
  readonly messages: Defined;
  readonly portTypes: Defined;
  readonly bindings: Defined;
  readonly services: Defined;
};

export type WsdlDocument = { readonly file: string; readonly root: DocumentNode; readonly namespace: string };

export type Definition = QualifiedName & { readonly node: DocumentNode; readonly document: WsdlDocument };

export type Defined = ReadonlyMap<string, Definition>;

const COLLECTIONS: Readonly<Record<string, 'messages' | 'portTypes' | 'bindings' | 'services'>> = {
  message: 'messages',
  portType: 'portTypes',
  binding: 'bindings',
  service: 'services',
};

/** Reads the WSDL and what it imports, and hands the schemas in them to `schemas`. */
export function readDefinitions(path: string, files: Files, schemas: SchemaSet, report: Report): Definitions {
  const documents = new Map<string, WsdlDocument>();
  const found = {
    messages: new Map<string, Definition>(),
    portTypes: new Map<string, Definition>(),
    bindings: new Map<string, Definition>(),
    services: new Map<string, Definition>(),
  };

  function visit(file: string, from: string, line: number): void {
    if (documents.has(file)) return;
    const root = files.read(file);
    if (root === null) return;
    if (root.namespace === namespaces.xsd && root.name === 'schema') schemas.addFile(file, from, line);
    else if (root.namespace === namespaces.wsdl && root.name === 'definitions') enter(file, root);
    else {
      const what = `<${root.name}> in ${root.namespace === '' ? 'no namespace' : root.namespace}`;
      report(file, root.line, `is not a WSDL 1.1 document: its root is ${what}`);
    }
  }

  function enter(file: string, root: DocumentNode): void {
    const document = { file, root, namespace: attributeOf(root, 'targetNamespace') ?? '' };
    documents.set(file, document);
    for (const node of childrenOf(root)) {
      if (node.namespace !== namespaces.wsdl) continue;
      if (node.name === 'import') follow(document, node);
      else if (node.name === 'types') addSchemas(document, node);
      else define(document, node);
    }
  }

  function follow(document: WsdlDocument, node: DocumentNode): void {
    const location = attributeOf(node, 'location');
    if (location === null) {
      report(document.file, node.line, 'wsdl:import without location; say which file is meant');
      return;
    }
    const file = files.locate(document.file, node.line, location);
    if (file === null) return;
    visit(file, document.file, node.line);
    const namespace = attributeOf(node, 'namespace') ?? '';
    const declared = documents.get(file)?.namespace;
    if (declared !== undefined && declared !== namespace) {
      const text = `imports namespace "${namespace}" from ${location}, which declares "${declared}"`;
      report(document.file, node.line, text, 'notice');
    }
  }

  function addSchemas(document: WsdlDocument, types: DocumentNode): void {
    for (const schema of childrenOf(types)) {
      if (schema.namespace === namespaces.xsd && schema.name === 'schema') {
        schemas.addInline(document.file, schema);
      }
    }
  }

  function define(document: WsdlDocument, node: DocumentNode): void {
    const into = COLLECTIONS[node.name];
    const name = attributeOf(node, 'name');
    if (into === undefined) return;
    if (name === null) {
      report(document.file, node.line, `wsdl:${node.name} without name`);
      return;
    }
    const key = `{${document.namespace}}${name}`;
    const earlier = found[into].get(key);
    if (earlier) {
      const where = `${earlier.document.file}:${earlier.node.line}`;
      report(
        document.file,
        node.line,
        `wsdl:${node.name} ${name} is defined a second time (first in ${where})`,
      );
      return;
    }
    found[into].set(key, { namespace: document.namespace, name, node, document });
  }

  visit(path, path, 1);
  return { documents: [...documents.values()], ...found };
}

/** What a QName refers to. Without a prefix it may also mean the document's own namespace, as many tools write it. */
export function referred(
  into: Defined,
  qname: string,
  node: DocumentNode,
  document: WsdlDocument,
): Definition | null {
  const { namespace, name } = expandName(qname, node.scope);
  const own = qname.includes(':') ? undefined : into.get(`{${document.namespace}}${name}`);
  return into.get(`{${namespace}}${name}`) ?? own ?? null;
}
