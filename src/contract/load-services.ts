import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Service } from '../exchange/service.ts';
import { readContract } from './load-contract.ts';
import { type Problem, problemList } from './problem.ts';
import { checkRules } from './read-rules.ts';
import { nameKey } from './wsdl-operations.ts';

const RULES = 'service.yaml';

export const NO_WSDL = 'expected one .wsdl file beside it, or one that this folder is named after';

/**
 * Every service below the folders: where there is a `service.yaml`, with the WSDL beside it. What is wrong is said in
 * full; a service with an error is left out.
 */
export function loadServices(
  wsdlDirs: readonly string[],
  xsdDirs: readonly string[],
): { readonly services: readonly Service[]; readonly problems: readonly Problem[] } {
  const { problems, report } = problemList();
  const say = (found: readonly Problem[]) => {
    for (const { file, line, message, severity } of found) report(file, line, message, severity);
  };
  const services: { readonly service: Service; readonly file: string }[] = [];
  for (const dir of wsdlDirs) {
    if (!existsSync(dir)) report(dir, 1, 'this folder does not exist');
  }
  for (const file of wsdlDirs.flatMap((dir) => filesBelow(dir, (name) => name === RULES))) {
    const wsdl = wsdlBeside(file);
    if (wsdl === null) {
      report(file, 1, NO_WSDL);
      continue;
    }
    const { contract, problems: inContract } = readContract(wsdl, { roots: xsdDirs });
    say(inContract);
    if (contract === null && !inContract.some(({ severity }) => severity === 'error')) {
      report(wsdl, 1, 'none of its operations can be served');
    }
    const { rules, problems: inRules } = checkRules(file, contract);
    say(inRules);
    if (contract && rules) services.push({ service: { rules, contract }, file });
  }
  for (const { file, message } of conflicts(services)) report(file, 1, message);
  return { services: services.map(({ service }) => service), problems };
}

/** Two services with one name and version, or one request element, cannot both be reached. */
export function conflicts(
  services: readonly { readonly service: Service; readonly file: string }[],
): readonly { readonly file: string; readonly message: string }[] {
  const found: { readonly file: string; readonly message: string }[] = [];
  const taken = new Map<string, string>();
  const take = (what: string, file: string) => {
    const earlier = taken.get(what);
    if (earlier === undefined) taken.set(what, file);
    else if (earlier !== file) found.push({ file, message: `${what} is already served by ${earlier}` });
  };
  for (const { service, file } of services) {
    take(`${service.rules.name} ${service.rules.version}`, file);
    for (const { request } of service.contract.operations) take(`request element ${nameKey(request)}`, file);
  }
  return found;
}

/** The WSDL that a `service.yaml` is about: the only one in its folder, or the one that the folder is named after. */
export function wsdlBeside(rules: string): string | null {
  const folder = dirname(rules);
  const names = readdirSync(folder).filter(isWsdl).sort();
  const named = names.find((name) => basename(folder).startsWith(`${name.replace(/\.wsdl$/i, '')}-`));
  const chosen = named ?? (names.length === 1 ? names[0] : undefined);
  return chosen === undefined ? null : join(folder, chosen);
}

export const isWsdl = (name: string) => /\.wsdl$/i.test(name);

/** Files below a folder, sorted by path, as absolute paths. */
export function filesBelow(dir: string, wanted: (name: string) => boolean): readonly string[] {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => wanted(basename(path)))
    .map((path) => resolve(dir, path))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** The `service.yaml` that is about this WSDL; null when there is none. */
export function rulesOf(wsdl: string): string | null {
  const file = join(dirname(wsdl), RULES);
  return existsSync(file) && wsdlBeside(file) === wsdl ? file : null;
}
