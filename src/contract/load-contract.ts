import { resolve } from 'node:path';
import type { Contract } from '../exchange/contract.ts';
import { namespaces } from '../xml/names.ts';
import { compileParts } from './compile-parts.ts';
import { type Components, componentsOf } from './components.ts';
import { readDefinitions } from './definitions.ts';
import { contractFiles, type Documents, type LookedAt } from './files.ts';
import { lease } from './lease.ts';
import type { BodyPart } from './messages.ts';
import { modelReader } from './model.ts';
import { ContractError, isError, type Problem, problemList, type Report } from './problem.ts';
import { publisher } from './publish.ts';
import { atLine, wrapperSchema } from './rpc-wrapper.ts';
import { type SchemaPart, schemaSet } from './schema-set.ts';
import { violationFinder } from './violations.ts';
import { type Interface, type Offer, readInterface } from './wsdl-operations.ts';

/** What a WSDL comes to: a contract unless an error stands in the way, and everything there is to say about it. */
export type ContractReading = {
  readonly contract: Contract | null;
  readonly offers: readonly Offer[];
  readonly problems: readonly Problem[];
  /** The WSDL and every WSDL that it imports. */
  readonly documents: readonly string[];
  /** On which files the reading depends: when one of these changes, it must be done again. */
  readonly lookedAt: LookedAt;
};

export type ContractFolders = {
  /** Folders of schemas, in which absolute URLs are looked up by the tail of their path. */
  readonly roots: readonly string[];
  /** What was read for others that are loaded at the same time. */
  readonly documents?: Documents;
};

/**
 * Loads a WSDL 1.1 document with all it imports, from the file system only.
 *
 * @throws ContractError with every problem when it cannot be served as it stands
 */
export function loadContract(wsdlPath: string, folders: ContractFolders): Contract {
  const { contract, problems } = readContract(wsdlPath, folders);
  if (contract) return contract;
  const errors = problems.filter(isError);
  // Without an error it is the notices that say why no operation is served.
  throw new ContractError(errors.length > 0 ? errors : problems);
}

/** Loads a WSDL and says all that is wrong with it, not the first thing only. */
export function readContract(
  wsdlPath: string,
  { roots, documents: shared }: ContractFolders,
): ContractReading {
  const { problems, report } = problemList();
  const path = resolve(wsdlPath);
  const files = contractFiles(
    roots.map((root) => resolve(root)),
    report,
    shared,
  );
  const schemas = schemaSet(files, report);
  const definitions = readDefinitions(path, files, schemas, report);
  const offered = readInterface(definitions, report);
  const written = schemas.parts;
  addWrappers(offered, schemas.addInline);
  schemas.finish();
  const parts = schemas.parts;
  const components = componentsOf(parts);
  checkParts(offered.parts, components, report);
  const failed = () => problems.some(isError);
  const documents = definitions.documents.map(({ file }) => file);
  const without = { contract: null, offers: offered.offers, problems, documents, lookedAt: files.lookedAt };
  if (offered.operations.length === 0) return without;
  const schema = compileParts(parts, report);
  if (schema === null || failed()) {
    schema?.dispose();
    return without;
  }
  const model = modelReader(components);
  const contract: Contract = {
    operations: offered.operations,
    violations: violationFinder(schema, model),
    model,
    publish: publisher({ wsdl: path, roots, documents: definitions.documents, parts: written, files }),
    ...lease(schema.dispose),
  };
  return { ...without, contract };
}

function addWrappers({ wrappers }: Interface, add: (file: string, root: SchemaPart['root']) => void): void {
  for (const [namespace, members] of Map.groupBy(wrappers, ({ name }) => name.namespace)) {
    const first = members[0];
    if (!first) continue;
    add(first.at.binding.document.file, atLine(wrapperSchema(namespace, members), first.at.node.line));
  }
}

function checkParts(parts: readonly BodyPart[], components: Components, report: Report): void {
  for (const { name, element, type, file, line } of parts) {
    if (element && !components.find('element', element)) {
      report(
        file,
        line,
        `part ${name} refers to element {${element.namespace}}${element.name}, which no schema declares`,
      );
    }
    if (type && type.namespace !== namespaces.xsd && !components.find('type', type)) {
      report(
        file,
        line,
        `part ${name} refers to type {${type.namespace}}${type.name}, which no schema defines`,
      );
    }
  }
}
