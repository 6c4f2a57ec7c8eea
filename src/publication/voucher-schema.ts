import { fileURLToPath } from 'node:url';
import { readSchema, type Schema } from '../contract/load-schema.ts';
import { ContractError, problemList } from '../contract/problem.ts';

const FOLDER = fileURLToPath(new URL('../../xsd', import.meta.url));

/**
 * The schema of vouchers. It is the bus's own and no operator's choice, so that it comes with the program wherever the
 * configured schemas are.
 *
 * @throws ContractError with every problem
 */
export function openVoucherSchema(): Schema {
  const { problems, report } = problemList();
  const schema = readSchema(`${FOLDER}/Kruispunt.Voucher-01.00/Voucher.xsd`, [], report);
  if (schema === null) throw new ContractError(problems);
  return schema;
}
