import { dirname } from 'node:path';
import type { Service } from '../exchange/service.ts';
import type { Documents } from './files.ts';
import { type TreeChange, touches } from './folder-tree.ts';
import {
  claimsOf,
  isWsdl,
  type LoadedService,
  loadService,
  missingFolders,
  rulesFiles,
} from './load-services.ts';
import { isError, type Problem } from './problem.ts';
import { type CodeAsks, stepProblems } from './steps.ts';

/** The services that are offered now. Each change gives another list, so that a list may be what is cached by. */
export type ServiceTable = {
  readonly services: () => readonly Service[];
  /** What is wrong in the folders now, and between the services; where a service has an error, its former version is offered. */
  readonly problems: () => readonly Problem[];
  /** Files that the services depend on, wherever they are. */
  readonly files: () => ReadonlySet<string>;
  /**
   * Loads anew what the change touches. What goes under the same names as before is offered as soon as it is loaded,
   * so that two versions of everything are never held at once; all that comes, goes or changes its names does so
   * together, at the end. What is replaced is freed as soon as no exchange uses it.
   *
   * @param rest waits between two services, so that whoever shares this process goes on; told the milliseconds of the last
   */
  readonly reload: (change: TreeChange, rest: (busy: number) => Promise<void>) => Promise<TableChange>;
};

export type TableChange = {
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  readonly removed: readonly string[];
};

type Entry = { readonly latest: LoadedService; readonly offered: Service | null };

export function serviceTable(
  wsdlDirs: readonly string[],
  xsdDirs: readonly string[],
  code: CodeAsks,
): ServiceTable {
  const documents: Documents = new Map();
  const first = rulesFiles(wsdlDirs).map((file) => loadService(file, xsdDirs, documents));
  documents.clear();
  let entries = choose(first, new Map());
  let around = missingFolders(wsdlDirs);
  let services = offeredIn(entries);
  let apart = stepProblems(filedIn(entries), services, code);

  async function reload(change: TreeChange, rest: (busy: number) => Promise<void>): Promise<TableChange> {
    const before = services;
    const loaded = await load(change, rest);
    around = missingFolders(wsdlDirs);
    const lost = lostWith(around, loaded);
    if (loaded.length === 0) around = [...around, ...wsdlDirs.map(nothingBelow)];
    const kept = [...entries.values()].map(({ latest }) => latest).filter(lost);
    entries = choose([...loaded, ...kept], entries);
    services = offeredIn(entries);
    apart = stepProblems(filedIn(entries), services, code);
    retireOthers([...before, ...servicesIn(loaded)], services);
    return changeOf(before, services);
  }

  async function load(change: TreeChange, rest: (busy: number) => Promise<void>) {
    const loaded: LoadedService[] = [];
    try {
      for (const file of rulesFiles(wsdlDirs)) {
        const known = entries.get(file)?.latest;
        if (known && !isStale(known, change)) {
          loaded.push(known);
          continue;
        }
        const began = performance.now();
        const fresh = loadService(file, xsdDirs, documents);
        loaded.push(fresh);
        takeOver(fresh);
        await rest(performance.now() - began);
      }
      return loaded;
    } catch (error) {
      retireOthers(servicesIn(loaded), services);
      throw error;
    } finally {
      documents.clear();
    }
  }

  /** Where nobody else can be in its way, since it claims nothing but what its former version did. */
  function takeOver(latest: LoadedService): void {
    const former = entries.get(latest.file)?.offered;
    if (!former || !latest.service) return;
    const claims = claimsOf(former);
    if (!claimsOf(latest.service).every((claim) => claims.includes(claim))) return;
    entries = new Map(entries).set(latest.file, { latest, offered: latest.service });
    services = offeredIn(entries);
    former.contract.retire();
  }

  return {
    services: () => services,
    problems: () => [...around, ...[...entries.values()].flatMap(({ latest }) => latest.problems), ...apart],
    files: () => new Set([...entries.values()].flatMap(({ latest }) => [...latest.lookedAt.files])),
    reload,
  };
}

/** What had an error is tried again whatever changed: it may depend on a file that nobody has found yet. */
function isStale({ file, problems, lookedAt }: LoadedService, change: TreeChange): boolean {
  const beside = [...change.paths].some((path) => isWsdl(path) && dirname(path) === dirname(file));
  return problems.some(isError) || beside || touches(change, lookedAt);
}

/**
 * A folder that is gone altogether, and a service.yaml nowhere, mean a disk that is not mounted rather than an
 * operator who wants nothing to be offered: what was there is kept.
 */
function lostWith(missing: readonly Problem[], loaded: readonly LoadedService[]) {
  const found = new Set(loaded.map(({ file }) => file));
  return ({ file }: LoadedService) =>
    !found.has(file) && (found.size === 0 || missing.some((gone) => file.startsWith(`${gone.file}/`)));
}

const nothingBelow = (file: string): Problem => ({
  file,
  line: 1,
  message: 'no service.yaml below this folder; the former services are offered',
  severity: 'error',
});

/**
 * What is offered of each file: what was loaded, or where that has an error or claims what another has, what was
 * offered before. What goes on unchanged comes before what is new.
 */
function choose(
  loaded: readonly LoadedService[],
  before: ReadonlyMap<string, Entry>,
): ReadonlyMap<string, Entry> {
  const taken = new Map<string, string>();
  const obstacle = (service: Service) => claimsOf(service).find((claim) => taken.has(claim)) ?? null;
  const take = (file: string, service: Service): Service => {
    for (const claim of claimsOf(service)) taken.set(claim, file);
    return service;
  };
  const chosen = new Map<string, Entry>();
  const former = ({ file }: LoadedService) => before.get(file)?.offered ?? null;
  const goesOn = (each: LoadedService) => each.service === null || each.service === former(each);
  for (const latest of loaded.filter(goesOn)) {
    const service = former(latest);
    chosen.set(latest.file, { latest, offered: service && take(latest.file, service) });
  }
  for (const latest of loaded.filter((each) => !goesOn(each))) {
    const { file, service } = latest;
    const claim = service && obstacle(service);
    if (service && claim === null) {
      chosen.set(file, { latest, offered: take(file, service) });
      continue;
    }
    const message = `${claim} is already served by ${taken.get(claim ?? '')}`;
    const problem: Problem = { file, line: 1, message, severity: 'error' };
    const earlier = former(latest);
    chosen.set(file, {
      latest: { ...latest, service: null, problems: [...latest.problems, problem] },
      offered: earlier && obstacle(earlier) === null ? take(file, earlier) : null,
    });
  }
  return new Map(loaded.flatMap(({ file }) => [[file, chosen.get(file)] as const]).filter(isThere));
}

const isThere = (pair: readonly [string, Entry | undefined]): pair is readonly [string, Entry] =>
  pair[1] !== undefined;

const servicesIn = (loaded: readonly LoadedService[]) => loaded.flatMap(({ service }) => service ?? []);

const offeredIn = (entries: ReadonlyMap<string, Entry>): readonly Service[] =>
  [...entries.values()].flatMap(({ offered }) => offered ?? []);

const filedIn = (entries: ReadonlyMap<string, Entry>) =>
  [...entries].flatMap(([file, { offered }]) => (offered ? [{ file, service: offered }] : []));

function retireOthers(all: readonly Service[], offered: readonly Service[]): void {
  const stay = new Set(offered.map(({ contract }) => contract));
  for (const { contract } of all) if (!stay.has(contract)) contract.retire();
}

function changeOf(before: readonly Service[], now: readonly Service[]): TableChange {
  const name = ({ rules }: Service) => `${rules.name} ${rules.version}`;
  const earlier = new Map(before.map((service) => [name(service), service]));
  const names = new Set(now.map(name));
  return {
    added: now.map(name).filter((each) => !earlier.has(each)),
    replaced: now.filter((each) => earlier.has(name(each)) && earlier.get(name(each)) !== each).map(name),
    removed: [...earlier.keys()].filter((each) => !names.has(each)),
  };
}
