import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FileFormat, kindOf, type Publication, type PublicationKind } from '../exchange/publication.ts';
import type { Rules, Service } from '../exchange/service.ts';
import type { SoapVersion } from '../xml/names.ts';
import { type ContractReading, readContract } from './load-contract.ts';
import { type JudgeQuestion, loadPublications } from './load-publications.ts';
import { conflicts, filesBelow, isWsdl, NO_WSDL, rulesOf, wsdlBeside } from './load-services.ts';
import { isError, type Problem, problemList } from './problem.ts';
import { checkRules } from './read-rules.ts';
import { type CodeAsks, stepProblems } from './steps.ts';
import { nameKey, type Offer } from './wsdl-operations.ts';

export type CheckedOperation = {
  readonly service: string;
  /** NN.NN from service.yaml; null in a folder that has none. */
  readonly version: string | null;
  readonly operation: string;
  readonly soap: readonly SoapVersion[];
  /** Path of the endpoint: the bus's own where it is a service of the bus, else of the address in the WSDL. */
  readonly path: string | null;
  /** `served`, `refused: …` when its WSDL has an error, or `not served: …` with the reason. */
  readonly verdict: string;
};

/** A file contract that would be published; one with an error is only among the problems. */
export type CheckedPublication = {
  readonly publication: string;
  readonly version: string;
  readonly element: string;
  readonly kind: PublicationKind;
  readonly payload: string;
  /** The service that is asked for it, and its version; null when none is. */
  readonly asks: string | null;
  readonly formats: readonly FileFormat[];
};

export type CheckReport = {
  readonly operations: readonly CheckedOperation[];
  readonly publications: readonly CheckedPublication[];
  readonly problems: readonly Problem[];
};

/** The code of the bus, and what is served beside a folder (looked for only where code asks other services). */
export type Beside = {
  readonly code: CodeAsks;
  readonly services: () => readonly Service[];
  /** How the questions of snapshots are judged, where these services are served. */
  readonly judging: (services: readonly Service[]) => JudgeQuestion;
};

/**
 * Loads every WSDL below a folder, offline, and says of each operation what came of it and of each problem where it
 * is. The folder may be anybody's; a `service.yaml` beside a WSDL is checked too.
 *
 * @param roots folders of schemas, in which absolute URLs are looked up; the folder itself is one of them
 * @param beside what its services may lean on; without it nobody looks whether what they ask is there
 */
export async function checkFolder(
  dir: string,
  roots: readonly string[],
  beside: Beside | null = null,
): Promise<CheckReport> {
  const { problems, report } = problemList();
  const say = (found: readonly Problem[]) => {
    for (const { file, line, message, severity } of found) report(file, line, message, severity);
  };
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    report(resolve(dir), 1, 'is not a folder');
    return { operations: [], publications: [], problems };
  }
  const readings = new Map<string, ContractReading>();
  for (const file of filesBelow(dir, isWsdl)) {
    readings.set(file, readContract(file, { roots: [...roots, dir] }));
    // A folder may hold hundreds of WSDLs; whoever waits beside this may go on in between.
    await new Promise(setImmediate);
  }
  const imported = new Set(
    [...readings].flatMap(([file, { documents }]) => documents.filter((document) => document !== file)),
  );
  const operations: CheckedOperation[] = [];
  const services: { readonly service: Service; readonly file: string }[] = [];
  for (const [file, reading] of readings) {
    // What another WSDL imports is a part of that one, and has been looked at there.
    if (imported.has(file)) continue;
    say(reading.problems);
    const rulesFile = rulesOf(file);
    const checked = rulesFile === null ? null : checkRules(rulesFile, reading.contract);
    if (checked) say(checked.problems);
    const rules = checked?.rules ?? null;
    if (rulesFile !== null && rules && reading.contract) {
      services.push({ service: { rules, contract: reading.contract }, file: rulesFile });
    }
    const faults = [...reading.problems, ...(checked?.problems ?? [])].filter(isError).length;
    operations.push(...reading.offers.map((offer) => checkedOperation(offer, rules, faults)));
  }
  for (const rules of filesBelow(dir, (name) => name === 'service.yaml')) {
    if (wsdlBeside(rules) === null) report(rules, 1, NO_WSDL);
  }
  for (const { file, message } of conflicts(services)) report(file, 1, message);
  if (beside) say(stepsIn(services, beside));
  const own = services.map(({ service }) => service);
  const judge: JudgeQuestion = (...question) =>
    beside ? beside.judging([...own, ...beside.services()])(...question) : null;
  const published = loadPublications([dir], [...roots, dir], judge);
  say(published.problems);
  return { operations, publications: published.publications.map(checkedPublication), problems };
}

function stepsIn(found: Parameters<typeof stepProblems>[0], beside: Beside): readonly Problem[] {
  const computed = found.filter(({ service }) => service.rules.code !== null);
  if (computed.length === 0) return [];
  return stepProblems(computed, [...found.map(({ service }) => service), ...beside.services()], beside.code);
}

function checkedOperation(offer: Offer, rules: Rules | null, faults: number): CheckedOperation {
  const { operation, soap, unserved } = offer;
  const refused = faults > 0 ? `refused: ${faults} ${faults === 1 ? 'error' : 'errors'}` : 'served';
  return {
    service: rules?.name ?? offer.service,
    version: rules?.version ?? null,
    operation,
    soap,
    path: rules
      ? `/${rules.name}Dienst-${rules.version}/soap/WebService`
      : pathOf(offer.addresses[0] ?? null),
    verdict: unserved === null ? refused : `not served: ${unserved}`,
  };
}

const checkedPublication = ({
  name,
  version,
  root,
  payload,
  columns,
  asks,
}: Publication): CheckedPublication => ({
  publication: name,
  version,
  element: nameKey(root),
  kind: kindOf({ asks }),
  payload: payload.name,
  asks: asks && `${asks.service} ${asks.version}`,
  formats: columns === null ? ['xml'] : ['xml', 'csv'],
});

function pathOf(address: string | null): string | null {
  if (address === null) return null;
  return URL.canParse(address) ? new URL(address).pathname : address;
}
