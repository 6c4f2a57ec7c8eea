import { fileURLToPath } from 'node:url';
import { loadContract } from '../../src/contract/load-contract.ts';
import type { Contract, ContractName, ElementModel, Violation } from '../../src/exchange/contract.ts';
import { parseTree } from '../../src/xml/tree.ts';

export const fixtures = fileURLToPath(new URL('../fixtures/wsdl', import.meta.url));
export const roots = [`${fixtures}/imports/roots`];

export function fixtureContract(path: string): Contract {
  return loadContract(`${fixtures}/${path}`, { roots });
}

/** The repository's own contract. */
export function geefPersoon(): Contract {
  const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  return loadContract(at('wsdl/persoon/GeefPersoon-02.02/GeefPersoon.wsdl'), { roots: [at('xsd')] });
}

export function violationsOf(contract: Contract, markup: string): readonly Violation[] {
  const tree = parseTree(Buffer.from(markup));
  try {
    return contract.violations(tree.root);
  } finally {
    tree.dispose();
  }
}

/** Violations as `path: message`, which is how tests read best. */
export const said = (contract: Contract, markup: string) =>
  violationsOf(contract, markup).map(({ path, message }) => `${path}: ${message}`);

export function modelOf(contract: Contract, name: ContractName): ElementModel {
  const model = contract.model(name);
  if (!model) throw new Error(`no model of ${name.name}`);
  return model;
}

export const outline = ({ name, optional, repeats }: ElementModel) =>
  `${name}${optional ? '?' : ''}${repeats ? '*' : ''}`;
