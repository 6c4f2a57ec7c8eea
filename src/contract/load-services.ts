import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Service } from '../exchange/service.ts';
import type { Documents, LookedAt } from './files.ts';
import { readContract } from './load-contract.ts';
import { isError, type Problem, problemList } from './problem.ts';
import { checkRules } from './read-rules.ts';
import { nameKey } from './wsdl-operations.ts';

const RULES = 'service.yaml';

export const NO_WSDL = 'expected one .wsdl file beside it, or one that this folder is named after';

/** What became of one `service.yaml`. */
export type LoadedService = {
  readonly file: string;
  /** Null when an error stands in the way. */
  readonly service: Service | null;
  readonly problems: readonly Problem[];
  /** On which files this depends; `service.yaml` itself is among them. */
  readonly lookedAt: LookedAt;
};

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
  say(missingFolders(wsdlDirs));
  const services: { readonly service: Service; readonly file: string }[] = [];
  const documents: Documents = new Map();
  for (const file of rulesFiles(wsdlDirs)) {
    const { service, problems: found } = loadService(file, xsdDirs, documents);
    say(found);
    if (service) services.push({ service, file });
  }
  documents.clear();
  for (const { file, message } of conflicts(services)) report(file, 1, message);
  return { services: services.map(({ service }) => service), problems };
}

export const missingFolders = (wsdlDirs: readonly string[]): readonly Problem[] =>
  wsdlDirs
    .filter((dir) => !existsSync(dir))
    .map((file) => ({ file, line: 1, message: 'this folder does not exist', severity: 'error' }));

/** Every `service.yaml` below the folders. */
export const rulesFiles = (wsdlDirs: readonly string[]): readonly string[] =>
  wsdlDirs.flatMap((dir) => filesBelow(dir, (name) => name === RULES));

/**
 * One service: its `service.yaml` and the WSDL beside it, with all that they refer to.
 *
 * @param documents what was read for the services that are loaded with it
 */
export function loadService(file: string, xsdDirs: readonly string[], documents: Documents): LoadedService {
  const problems: Problem[] = [];
  const alone = { files: new Set([file]), names: new Set<string>() };
  const broken = (at: string, message: string, lookedAt: LookedAt = alone): LoadedService => ({
    file,
    service: null,
    problems: [...problems, { file: at, line: 1, message, severity: 'error' }],
    lookedAt,
  });
  try {
    const wsdl = wsdlBeside(file);
    if (wsdl === null) return broken(file, NO_WSDL);
    const { contract, problems: inContract, lookedAt } = readContract(wsdl, { roots: xsdDirs, documents });
    problems.push(...inContract);
    const { rules, problems: inRules } = checkRules(file, contract);
    problems.push(...inRules);
    const all = { ...lookedAt, files: new Set([file, ...lookedAt.files]) };
    if (contract === null && !inContract.some(isError)) {
      return broken(wsdl, 'none of its operations can be served', all);
    }
    const service = contract && rules ? { rules, contract } : null;
    if (service === null) contract?.retire();
    return { file, service, problems, lookedAt: all };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return broken(file, `cannot be read: ${error.message}`);
  }
}

/** A file may go, or be closed to us, between two looks at it. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;

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
  for (const { service, file } of services) for (const claim of claimsOf(service)) take(claim, file);
  return found;
}

/** What only one service can have: its name with its version, and each of its request elements. */
export const claimsOf = ({ rules, contract }: Service): readonly string[] => [
  `${rules.name} ${rules.version}`,
  ...contract.operations.map(({ request }) => `request element ${nameKey(request)}`),
];

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
