import { type DocumentNode, withAttributes } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import { printDocument } from '../xml/print-document.ts';
import type { SchemaPart } from './schema-set.ts';

/** Documents for `compileSchema`, and which file each one came from. */
export type SchemaSource = {
  readonly entry: string;
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly fileOf: ReadonlyMap<string, string>;
};

const ENTRY = 'memory:/entry.xsd';
const ENTRY_NAMESPACE = 'urn:kruispunt:entry';

/**
 * Arranges schema parts so that libxml2 sees each namespace in one piece: it refuses a second xs:import of a namespace,
 * which is what several files or inline schemas of one namespace come to. One umbrella a namespace includes all its
 * parts; one entry imports all umbrellas; within parts an import keeps its namespace but not its location, and an
 * include is dropped, since the umbrella has the file already. Only what xs:redefine reaches stays nested.
 */
export function schemaSource(parts: readonly SchemaPart[]): SchemaSource {
  const urls = new Map(parts.map((part, index) => [part, `memory:/part-${index}.xsd`]));
  const nested = nestedParts(parts);
  const documents = new Map<string, Uint8Array>();
  const fileOf = new Map<string, string>();
  for (const [part, url] of urls) {
    documents.set(url, Buffer.from(printDocument(standalone(part, urls, nested))));
    fileOf.set(url, part.file);
  }
  const byNamespace = Map.groupBy(
    parts.filter((part) => !nested.has(part)),
    (part) => part.namespace,
  );
  const imports = [...byNamespace].map(([namespace, members], index) => {
    const url = `memory:/umbrella-${index}.xsd`;
    const includes = members.map((part) => xsd('include', { schemaLocation: urls.get(part) ?? null }));
    const target = { targetNamespace: namespace === '' ? null : namespace };
    documents.set(url, Buffer.from(printDocument(xsd('schema', target, includes))));
    return xsd('import', { namespace: namespace === '' ? null : namespace, schemaLocation: url });
  });
  const root = xsd('schema', { targetNamespace: ENTRY_NAMESPACE }, imports);
  documents.set(ENTRY, Buffer.from(printDocument(root)));
  return { entry: ENTRY, documents, fileOf };
}

/** What xs:redefine replaces parts of must be read through it, with all it includes itself. */
function nestedParts(parts: readonly SchemaPart[]): ReadonlySet<SchemaPart> {
  const nested = new Set<SchemaPart>();
  const nest = (part: SchemaPart | null) => {
    if (part === null || nested.has(part)) return;
    nested.add(part);
    for (const [node, target] of part.references) if (node.name !== 'import') nest(target);
  };
  for (const part of parts) {
    for (const [node, target] of part.references) if (node.name === 'redefine') nest(target);
  }
  return nested;
}

function standalone(
  part: SchemaPart,
  urls: ReadonlyMap<SchemaPart, string>,
  nested: ReadonlySet<SchemaPart>,
): DocumentNode {
  const inNested = nested.has(part);
  const content = part.root.content.flatMap((node) => {
    if (typeof node === 'string' || !part.references.has(node)) return [node];
    if (node.name === 'import') {
      const own = (node.attributes.find((each) => each.name === 'namespace')?.value ?? '') === part.namespace;
      return own ? [] : [withAttributes(node, { schemaLocation: null })];
    }
    const target = part.references.get(node) ?? null;
    const url = target === null ? null : (urls.get(target) ?? null);
    if (url === null || (node.name === 'include' && !inNested)) return [];
    return [withAttributes(node, { schemaLocation: url })];
  });
  return { ...part.root, content };
}

const XSD_SCOPE: ReadonlyMap<string, string> = new Map([['xs', namespaces.xsd]]);

/** An element of XML Schema of our own making; attributes whose value is null are left out. */
export function xsd(
  name: string,
  attributes: Readonly<Record<string, string | null>>,
  content: readonly DocumentNode[] = [],
  scope: ReadonlyMap<string, string> = XSD_SCOPE,
): DocumentNode {
  const node: DocumentNode = {
    prefix: 'xs',
    name,
    namespace: namespaces.xsd,
    line: 1,
    attributes: [],
    declarations: new Map(),
    scope,
    content,
  };
  return withAttributes(node, attributes);
}
