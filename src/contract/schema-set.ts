import { attributeOf, childrenOf, type DocumentNode } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';
import type { Files } from './files.ts';
import type { Report } from './problem.ts';
import { xmlNamespaceSchema } from './xml-namespace.ts';

/** One schema document as it counts in one namespace: a chameleon is as many parts as it has includers' namespaces. */
export type SchemaPart = {
  /** The file it stands in; for an inline schema the WSDL. */
  readonly file: string;
  readonly inline: boolean;
  readonly root: DocumentNode;
  /** The namespace of what it declares: its own, or the one of whoever includes it. */
  readonly namespace: string;
  /** What its xs:import, xs:include and xs:redefine refer to; null when nothing was found (already reported). */
  readonly references: Map<DocumentNode, SchemaPart | null>;
};

/** All schema documents of a contract, each once per namespace, in the order in which they were met. */
export type SchemaSet = {
  readonly parts: readonly SchemaPart[];
  readonly addInline: (file: string, root: DocumentNode) => void;
  readonly addFile: (file: string, from: string, line: number) => void;
  /** Once everything has been added: reports imports without a location that nothing answers. */
  readonly finish: () => void;
};

export function schemaSet(files: Files, report: Report): SchemaSet {
  const parts = new Map<string, SchemaPart>();
  const unlocated: { readonly part: SchemaPart; readonly node: DocumentNode; readonly namespace: string }[] =
    [];

  function add(
    key: string,
    file: string,
    inline: boolean,
    root: DocumentNode,
    namespace: string,
  ): SchemaPart {
    const full = `${key} ${namespace}`;
    const known = parts.get(full);
    if (known) return known;
    const part: SchemaPart = { file, inline, root, namespace, references: new Map() };
    parts.set(full, part);
    for (const node of childrenOf(root)) {
      if (node.namespace !== namespaces.xsd) continue;
      if (node.name === 'import') part.references.set(node, imported(part, node));
      else if (node.name === 'include' || node.name === 'redefine') {
        part.references.set(node, included(part, node));
      }
    }
    return part;
  }

  function imported(part: SchemaPart, node: DocumentNode): SchemaPart | null {
    const namespace = attributeOf(node, 'namespace') ?? '';
    const location = attributeOf(node, 'schemaLocation');
    if (namespace === part.namespace) {
      report(
        part.file,
        node.line,
        `imports its own namespace ${namespace}; use xs:include for that`,
        'notice',
      );
    }
    if (namespace === namespaces.xml) {
      return add('built-in', 'xml.xsd', false, xmlNamespaceSchema(), namespaces.xml);
    }
    if (location === null) {
      unlocated.push({ part, node, namespace });
      return null;
    }
    const loaded = load(part, node, location);
    if (loaded === null) return null;
    const declared = attributeOf(loaded.root, 'targetNamespace') ?? '';
    if (declared !== namespace) {
      const says = declared === '' ? 'has no targetNamespace' : `declares ${declared}`;
      report(part.file, node.line, `imports namespace "${namespace}" from ${location}, which ${says}`);
      return null;
    }
    return add(loaded.file, loaded.file, false, loaded.root, namespace);
  }

  function included(part: SchemaPart, node: DocumentNode): SchemaPart | null {
    const location = attributeOf(node, 'schemaLocation');
    if (location === null) {
      report(part.file, node.line, `xs:${node.name} without schemaLocation; say which file is meant`);
      return null;
    }
    const loaded = load(part, node, location);
    if (loaded === null) return null;
    const declared = attributeOf(loaded.root, 'targetNamespace') ?? '';
    if (declared !== '' && declared !== part.namespace) {
      report(
        part.file,
        node.line,
        `${node.name}s ${location}, which declares ${declared} and not ${part.namespace || 'no namespace'}; import it`,
      );
      return null;
    }
    return add(loaded.file, loaded.file, false, loaded.root, part.namespace);
  }

  function load(part: SchemaPart, node: DocumentNode, location: string) {
    const file = files.locate(part.file, node.line, location);
    return file === null ? null : schemaIn(file, part.file, node.line);
  }

  function schemaIn(file: string, from: string, line: number) {
    const root = files.read(file);
    if (root === null) return null;
    if (root.namespace === namespaces.xsd && root.name === 'schema') return { file, root };
    report(from, line, `${file} is not an XML Schema: its root is <${root.name}>`);
    return null;
  }

  return {
    get parts() {
      return [...parts.values()];
    },
    addInline: (file, root) => {
      add(`${file}#${parts.size}`, file, true, root, attributeOf(root, 'targetNamespace') ?? '');
    },
    addFile: (file, from, line) => {
      const loaded = schemaIn(file, from, line);
      if (loaded) add(file, file, false, loaded.root, attributeOf(loaded.root, 'targetNamespace') ?? '');
    },
    finish: () => {
      const known = new Set([...parts.values()].map((part) => part.namespace));
      for (const { part, node, namespace } of unlocated) {
        if (known.has(namespace) || BUILT_IN.has(namespace)) continue;
        const text = `imports ${namespace || 'no namespace'} without schemaLocation, and no schema here declares it`;
        report(part.file, node.line, `${text}; add a location`, 'notice');
      }
    },
  };
}

const BUILT_IN: ReadonlySet<string> = new Set([namespaces.xsd, namespaces.xsi]);
