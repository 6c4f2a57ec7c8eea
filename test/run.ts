/**
 * The test runner: `node test/run.ts [--quick] [files…]`. The suffix of a test file says what must be running for it
 * (`*.mysql.test.ts`); --quick leaves all of those out and needs nothing. What a whole run needs is started, and
 * installed where apt-get can; when it cannot be had, the run fails.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { makeDemoWorld } from './support/demo-world.ts';
import { memoryFolder } from './support/memory-folder.ts';
import { temporaryFolder } from './support/program.ts';
import { ensureTools, type Running, services, tools } from './support/services.ts';

/** `mysql` of `a.mysql.test.ts`; null when the file needs nothing. */
const suffixOf = (file: string) => /\.([a-z0-9-]+)\.test\.ts$/.exec(file)?.[1] ?? null;

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const named = args.filter((arg) => !arg.startsWith('--'));
const found = (named.length > 0 ? named : globSync('test/**/*.test.ts')).sort();
const files = quick ? found.filter((file) => suffixOf(file) === null) : found;

const running: Running[] = [];
let stopping: Promise<void> | null = null;
const stopAll = () => {
  stopping ??= (async () => {
    for (const service of running.reverse()) await service.stop();
  })();
  return stopping;
};

const suffixes = new Set(files.map(suffixOf));

/** End-to-end tests may use every service. */
const startServices = async () => {
  const environment: Record<string, string> = {};
  for (const service of services) {
    if (!suffixes.has(service.suffix) && !suffixes.has('e2e')) continue;
    const given = process.env[service.variable];
    if (given) {
      environment[service.variable] = given;
      continue;
    }
    await ensureTools([service.tool]);
    const started = await service.start();
    running.push(started);
    environment[service.variable] = started.url;
  }
  return environment;
};

const runTests = (environment: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      // One more than the cores of a small machine: a good part of the files mostly wait.
      ['--test', '--test-concurrency=3', '--test-reporter=spec', ...files],
      // The tests start hundreds of processes: what one of them compiled, the next need not compile again.
      { stdio: 'inherit', env: { NODE_COMPILE_CACHE: temporaryFolder(), ...process.env, ...environment } },
    );
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.removeAllListeners(signal);
      process.on(signal, () => child.kill(signal));
    }
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

const main = async (): Promise<number> => {
  const memory = memoryFolder();
  if (memory) process.env.TMPDIR = memory;
  if (files.length === 0) {
    console.error('No test files');
    return 1;
  }
  if (!quick) await ensureTools(tools);
  const [environment, demo] = await Promise.all([
    startServices(),
    suffixes.has('e2e') ? makeDemoWorld() : {},
  ]);
  return runTests({ ...environment, ...demo });
};

// Before the tests run, an interrupt ends us: a service that is just starting is then killed by its own exit handler.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

try {
  process.exitCode = await main();
} catch (cause) {
  console.error(`The tests could not be run: ${cause instanceof Error ? cause.message : String(cause)}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
