import { fileURLToPath } from 'node:url';
import { readSchema, type Schema } from '../contract/load-schema.ts';
import { ContractError, problemList } from '../contract/problem.ts';

const FOLDER = fileURLToPath(new URL('../../xsd', import.meta.url));

/**
 * The schema of anchors, which comes with the program wherever the configured schemas are.
 *
 * @throws ContractError with every problem
 */
export function openAnchorSchema(): Schema {
  const { problems, report } = problemList();
  const schema = readSchema(`${FOLDER}/Kruispunt.AuditAnchor-01.00/AuditAnchor.xsd`, [], report);
  if (schema === null) throw new ContractError(problems);
  return schema;
}
