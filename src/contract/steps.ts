import type { Asks } from '../exchange/orchestration.ts';
import type { Service } from '../exchange/service.ts';
import type { Problem } from './problem.ts';
import { readRulesFile } from './rules-file.ts';

/** The code that there is for `answer.by`, by name, and which services it asks. */
export type CodeAsks = ReadonlyMap<string, readonly Asks[]>;

type Filed = { readonly file: string; readonly service: Service };

/** Services whose code there is not, or asks a service or version that is not served from a source. */
export function stepProblems(
  services: readonly Filed[],
  served: readonly Service[],
  code: CodeAsks,
): readonly Problem[] {
  return services.flatMap(({ file, service }) => {
    const by = service.rules.code;
    if (by === null) return [];
    return complaintsOf(by, served, code).map((message) => ({
      ...{ file, line: readRulesFile(file).lineOf(['answer', 'by']) },
      ...{ message: `answer.by: ${message}`, severity: 'error' as const },
    }));
  });
}

function complaintsOf(by: string, served: readonly Service[], code: CodeAsks): readonly string[] {
  const asks = code.get(by);
  if (!asks) return [`there is no code ${by}; there is ${[...code.keys()].join(', ')}`];
  return asks.flatMap(({ service, version }) => {
    const named = served.filter(({ rules }) => rules.name === service);
    const found = named.find(({ rules }) => rules.version === version);
    const step = `${by} asks ${service} ${version}`;
    if (found) return found.rules.sources ? [] : [`${step}, which no source answers`];
    const there = named.map(({ rules }) => rules.version).join(', ');
    return [`${step}, which is not served${there === '' ? '' : `; served is ${there}`}`];
  });
}
