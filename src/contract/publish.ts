import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Contract } from '../exchange/contract.ts';
import { attributeOf, type DocumentNode, withAttributes } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import { printDocument } from '../xml/print-document.ts';
import type { WsdlDocument } from './definitions.ts';
import type { Files } from './files.ts';
import type { SchemaPart } from './schema-set.ts';

type Published = {
  readonly wsdl: string;
  readonly roots: readonly string[];
  readonly documents: readonly WsdlDocument[];
  readonly parts: readonly SchemaPart[];
  readonly files: Files;
};

/**
 * Publishes a contract's own documents and nothing else: a path is looked up among those that the contract has, never
 * on disk. Schemas and imported WSDLs alike are addressed as `?xsd=<path>`.
 */
export function publisher({ wsdl, roots, documents, parts, files }: Published): Contract['publish'] {
  const paths = publishedPaths([...documents, ...parts], dirname(wsdl), roots);
  const rootOf = new Map(
    [...parts.filter(({ inline }) => !inline), ...documents].map(({ file, root }) => [file, root]),
  );
  const byPath = new Map([...paths].map(([file, path]) => [path, file]));
  const targets = new Map<DocumentNode, string>();
  for (const { references } of parts) {
    for (const [node, target] of references) {
      const path = target ? paths.get(target.file) : undefined;
      if (path !== undefined) targets.set(node, path);
    }
  }
  const locate = (from: string, node: DocumentNode): string | null => {
    const location = attributeOf(node, 'location');
    const file = location === null ? null : files.locate(from, node.line, location);
    return file === null ? null : (paths.get(file) ?? null);
  };
  return (document, base) => {
    const file = document === 'wsdl' ? wsdl : byPath.get(document.xsd);
    const root = file === undefined ? undefined : rootOf.get(file);
    if (file === undefined || root === undefined) return null;
    const url = (path: string) => `${base}?xsd=${path.split('/').map(encodeURIComponent).join('/')}`;
    return printDocument(rewrite(root, { file, url, targets, locate, base }));
  };
}

type Rewriting = {
  readonly file: string;
  readonly base: string;
  readonly url: (path: string) => string;
  readonly targets: ReadonlyMap<DocumentNode, string>;
  readonly locate: (from: string, node: DocumentNode) => string | null;
};

function rewrite(node: DocumentNode, how: Rewriting): DocumentNode {
  const content = node.content.map((part) => (typeof part === 'string' ? part : rewrite(part, how)));
  return withAttributes({ ...node, content }, changes(node, how));
}

function changes(node: DocumentNode, how: Rewriting): Readonly<Record<string, string>> {
  const path = how.targets.get(node);
  if (path !== undefined) return { schemaLocation: how.url(path) };
  if (node.name === 'import' && node.namespace === namespaces.wsdl) {
    const imported = how.locate(how.file, node);
    return imported === null ? {} : { location: how.url(imported) };
  }
  const isSoap = node.namespace === namespaces.wsdlSoap11 || node.namespace === namespaces.wsdlSoap12;
  return isSoap && node.name === 'address' ? { location: how.base } : {};
}

/** A stable path for each file: below the WSDL's folder, else below a schema folder, else its bare name. */
function publishedPaths(
  documents: readonly { readonly file: string }[],
  folder: string,
  roots: readonly string[],
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  for (const { file } of documents) {
    if (paths.has(file)) continue;
    const below = [folder, ...roots.map((root) => resolve(root))]
      .map((root) => (isAbsolute(file) ? relative(root, file) : file))
      .find((path) => !path.startsWith('..') && !isAbsolute(path));
    const path = (below ?? basename(file)).split(sep).join('/');
    let unique = path;
    for (let count = 2; taken.has(unique); count++) unique = `${count}/${path}`;
    taken.add(unique);
    paths.set(file, unique);
  }
  return paths;
}
