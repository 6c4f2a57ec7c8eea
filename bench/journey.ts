/**
 * `npm run bench`: the journey of a signed question through the really started program, with everything on, against a
 * baseline in the same run. See `results.md` for one recorded run and how to read it.
 *
 *   --json            the figures as JSON
 *   --soak N          also N questions on end, and what becomes of the bus's memory
 *   --profile SIZE    only where the bus's main thread spends its time (`small` or `large` answers)
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Bench, startBench } from './bench.ts';
import { cpuByThread, loadNow, machine } from './cpu.ts';
import { hostileFigures, loadFigures, parseFigures, soakFigures, startFigure } from './figures.ts';
import { hottest } from './profile.ts';
import { asText, type Figure } from './report.ts';
import { CONCURRENCY, runLoad, type Subject } from './rounds.ts';
import { soak } from './soak.ts';
import { makeWorld, type World } from './world.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, soak: { type: 'string' }, profile: { type: 'string' } },
});
const options = z
  .object({
    json: z.boolean().default(false),
    soak: z.coerce.number().int().positive().nullable().default(null),
    profile: z.enum(['small', 'large']).nullable().default(null),
  })
  .parse(values);
const tell = (line: string) => console.error(line);

async function measure(world: World): Promise<readonly Figure[]> {
  const bench = await startBench(world);
  try {
    const figures = [startFigure(bench)];
    tell('parse and verify…');
    figures.push(...(await parseFigures(bench)));
    tell('the journey and the baseline, in turn…');
    figures.push(...(await loadFigures(bench)));
    tell('hostile messages…');
    figures.push(...(await hostileFigures(bench)));
    if (options.soak !== null) {
      tell(`${options.soak} questions on end…`);
      figures.push(
        ...soakFigures(await soak(bench.load, subjectOf(bench, 'small'), options.soak, bench.common, tell)),
      );
    }
    return figures;
  } finally {
    await bench.stop();
  }
}

const subjectOf = ({ bus }: Bench, size: Subject['size']): Subject => ({
  ...{ name: 'bus', size, warmUp: 0 },
  ...{ url: bus.url, pid: bus.pid },
});

async function profile(world: World, size: Subject['size']): Promise<void> {
  const folder = resolve(world.folder, 'profile');
  mkdirSync(folder);
  const bench = await startBench(world, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const count = size === 'small' ? 6000 : 1500;
  const how = { concurrency: CONCURRENCY };
  await runLoad(bench.load, subjectOf(bench, size), count, how, bench.common);
  const before = cpuByThread(bench.bus.pid);
  await runLoad(bench.load, subjectOf(bench, size), count, how, bench.common);
  console.log(
    'CPU by thread, then time of the main thread by function (waiting for the disk included), a request:',
  );
  for (const [thread, micros] of cpuByThread(bench.bus.pid))
    console.log(`${((micros - (before.get(thread) ?? 0)) / count).toFixed(1).padStart(8)} µs  ${thread}`);
  await bench.stop();
  for (const { name, micros, share } of hottest(folder, 2 * count, 60))
    console.log(`${micros.toFixed(1).padStart(8)} µs  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}

const loadBefore = loadNow();
const world = await makeWorld();
if (!world.onDisk)
  tell('the temporary folder lies in memory: a durable commit costs nothing here (see TMPDIR)');
try {
  if (options.profile !== null) await profile(world, options.profile);
  else {
    const figures = await measure(world);
    const at = new Date().toISOString().slice(0, 16);
    const report = { at, machine: machine(), load: [loadBefore, loadNow()], figures } as const;
    console.log(options.json ? JSON.stringify(report, null, 2) : asText(report));
  }
} finally {
  await world.close();
}
