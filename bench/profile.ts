import { readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { z } from 'zod';

const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

export type Hot = { readonly name: string; readonly micros: number; readonly share: number };

/** Where the main thread's time went: by function, in µs a request, the dearest first. Idle time is left out. */
export function hottest(folder: string, requests: number, most: number): readonly Hot[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (!file) throw new Error(`no profile was written to ${folder}`);
  const profile = cpuProfile.parse(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  let total = 0;
  profile.samples.forEach((id, index) => {
    const name = names.get(id) ?? '';
    if (name === '(idle)' || name === '(program)') return;
    const micros = profile.timeDeltas[index] ?? 0;
    total += micros;
    spent.set(name, (spent.get(name) ?? 0) + micros);
  });
  return [...spent]
    .map(([name, micros]) => ({ name, micros: micros / requests, share: micros / total }))
    .sort((a, b) => b.micros - a.micros)
    .slice(0, most);
}

function nameOf(frame: z.infer<typeof cpuProfile>['nodes'][number]['callFrame']): string {
  const { functionName, url, lineNumber } = frame;
  if (url === '') return functionName || '(anonymous)';
  const at = /node_modules\/(.+)$/.exec(url)?.[1] ?? /\/(src\/.+)$/.exec(url)?.[1] ?? basename(url);
  return `${functionName || '(anonymous)'} ${at}:${lineNumber + 1}`;
}
