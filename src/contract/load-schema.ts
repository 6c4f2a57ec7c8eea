import { resolve } from 'node:path';
import type { Contract } from '../exchange/contract.ts';
import { compileParts } from './compile-parts.ts';
import { componentsOf } from './components.ts';
import { contractFiles } from './files.ts';
import { modelReader } from './model.ts';
import type { Report } from './problem.ts';
import { schemaSet } from './schema-set.ts';
import { violationFinder } from './violations.ts';

/** A schema without a WSDL around it: what it declares, and what breaks it. */
export type Schema = Pick<Contract, 'model' | 'violations'> & {
  /** Of the document that was named; '' when it has none. */
  readonly targetNamespace: string;
};

/**
 * Reads an XML Schema with all it imports, from the file system only; null, with every problem reported by file and
 * line, when it cannot be used.
 *
 * @param roots folders of schemas, in which absolute URLs are looked up
 */
export function readSchema(path: string, roots: readonly string[], report: Report): Schema | null {
  const file = resolve(path);
  let sound = true;
  const say: Report = (where, line, message, severity = 'error') => {
    if (severity === 'error') sound = false;
    report(where, line, message, severity);
  };
  const schemas = schemaSet(
    contractFiles(
      roots.map((root) => resolve(root)),
      say,
    ),
    say,
  );
  schemas.addFile(file, file, 1);
  schemas.finish();
  const { parts } = schemas;
  const schema = sound ? compileParts(parts, say) : null;
  if (schema === null) return null;
  const model = modelReader(componentsOf(parts));
  return {
    model,
    violations: violationFinder(schema, model),
    targetNamespace: parts.find((part) => part.file === file)?.namespace ?? '',
  };
}
