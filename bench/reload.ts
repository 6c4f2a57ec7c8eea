/**
 * `node bench/reload.ts`: a hundred services under a steady load, all of them changed again and again. Every answer is
 * looked at, and the run ends at the first that is not right.
 */
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startBench } from './bench.ts';
import { loadNow, machine } from './cpu.ts';
import { runLoad } from './rounds.ts';
import { makeWorld } from './world.ts';

const SERVICES = 100;
const RATE = 60;
const WINDOW = 30;
const LONG = 90;
const root = resolve(import.meta.dirname, '..');

/** GeefPersoon itself, and copies of it under other names and in other namespaces. */
function generate(folder: string): { readonly wsdl: string; readonly xsd: string } {
  const from = [
    ['wsdl/persoon', 'GeefPersoon-02.02'],
    ['xsd', 'Persoon.GeefPersoonDienst-02.02/WebService'],
  ] as const;
  cpSync(resolve(root, 'xsd'), resolve(folder, 'xsd'), { recursive: true });
  cpSync(resolve(root, 'wsdl/persoon/GeefPersoon-02.02'), resolve(folder, 'wsdl/persoon/GeefPersoon-02.02'), {
    recursive: true,
  });
  for (let index = 1; index < SERVICES; index++) {
    const renamed = (text: string) =>
      text
        .replace(/(?<!Criteria)GeefPersoon/g, `GeefPersoon${index}`)
        .replaceAll('/geefpersoon/', `/geefpersoon${index}/`);
    for (const [base, name] of from) {
      const into = resolve(folder, base, renamed(name));
      mkdirSync(into, { recursive: true });
      for (const file of readdirSync(resolve(root, base, name))) {
        const text = readFileSync(resolve(root, base, name, file), 'utf8');
        writeFileSync(resolve(into, renamed(file)), renamed(text));
      }
    }
  }
  return { wsdl: resolve(folder, 'wsdl'), xsd: resolve(folder, 'xsd') };
}

/** Writes to the WSDL of each service, as a comment at its end. */
function alter(wsdl: string): void {
  for (const name of readdirSync(resolve(wsdl, 'persoon'))) {
    appendFileSync(resolve(wsdl, 'persoon', name, `${name.split('-')[0]}.wsdl`), '<!-- altered -->\n');
  }
}

const world = await makeWorld();
const folders = generate(resolve(world.folder, 'contracts'));
const bench = await startBench(world, [], {
  KRUISPUNT_WSDL_DIR: folders.wsdl,
  KRUISPUNT_XSD_DIR: folders.xsd,
});
const { bus, load, common } = bench;
const loadBefore = loadNow();

/** How often all services have been taken over, by what the bus says. */
const taken = () => {
  const replaced = readFileSync(resolve(world.folder, 'bus.out'), 'utf8').matchAll(
    /"replaced":\[([^\]]*)\]/g,
  );
  return [...replaced].reduce((sum, [, names = '']) => sum + names.split(',').length, 0) / SERVICES;
};

const subject = { name: 'bus', size: 'small', url: bus.url, pid: bus.pid, warmUp: 0 } as const;
const run = (seconds: number) => runLoad(load, subject, seconds * RATE, { rate: RATE }, common);

/** Memory of the bus in MB, by its own figures; what libxml2 has is in `external`, and so are buffers. */
async function memory(): Promise<string> {
  const text = await (await fetch(`${bus.url}/metrics`)).text();
  const of = (name: string) => {
    const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    return `${(Number(value) / 1e6).toFixed(0)} MB`.padEnd(10);
  };
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${bus.pid}/status`, 'utf8'))?.[1];
  return [
    `RSS ${of('process_resident_memory_bytes')}(most so far ${(Number(peak) / 1024).toFixed(0)} MiB)`,
    `heap used ${of('nodejs_heap_size_used_bytes')}heap ${of('nodejs_heap_size_total_bytes')}`,
    `external ${of('nodejs_external_memory_bytes')}`,
  ].join('  ');
}

const rounds: string[] = [];

/** Begins the next reload as soon as the former is done, until told to stop. */
async function reloadAgainAndAgain(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const goal = Math.floor(taken()) + 1;
    alter(folders.wsdl);
    while (taken() < goal && !stop.aborted) await wait(100);
    rounds.push(`replaced ${String(taken()).padStart(2)} times   ${await memory()}`);
  }
}

try {
  await run(15);
  const calm = await run(WINDOW);
  rounds.push(`before             ${await memory()}`);
  const stop = new AbortController();
  const reloading = reloadAgainAndAgain(stop.signal);
  const during = await run(LONG);
  stop.abort();
  await reloading;
  const times = taken();
  await wait(3000);
  rounds.push(`3 s after          ${await memory()}`);
  const line = (name: string, { p50, p99, worst }: typeof calm) =>
    `${name.padEnd(34)}p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(0)} ms`;
  console.log(
    [
      `${JSON.stringify(machine())}, load ${loadBefore} to ${loadNow()}`,
      `${SERVICES} services, ${RATE} questions a second, open loop, ${WINDOW} s and ${LONG} s`,
      line('before', calm),
      line('while all are loaded anew', during),
      `all services replaced               ${times} times; ${LONG * RATE} questions meanwhile, 0 failed`,
      ...rounds,
    ].join('\n'),
  );
} finally {
  await bench.stop();
  await world.close();
}
