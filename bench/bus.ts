import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stopped } from './child.ts';

export type RunningBus = {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to its listening. */
  readonly startup: number;
  readonly stop: () => Promise<void>;
};

const root = resolve(import.meta.dirname, '..');
const PATIENCE = 90_000;

/**
 * Starts the program as an operator does, with everything on and its log at its usual level (in a file of `folder`),
 * as a process of its own on a free port.
 *
 * @param flags for node itself
 * @param settings beside the folder
 */
export async function startBus(
  folder: string,
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningBus> {
  const began = performance.now();
  const logFile = resolve(folder, 'bus.out');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...flags, 'src/main.ts', 'serve', '--port', '0'], {
    cwd: root,
    env: { ...ownEnvironment(), KRUISPUNT_VAR: folder, ...settings },
    stdio: ['ignore', log, log],
  });
  const stop = () => stopped(child);
  process.once('exit', () => child.kill());
  while (performance.now() - began < PATIENCE) {
    const url = /"url":"([^"]+)".*"listening"/.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (url && child.pid) return { url, pid: child.pid, startup: performance.now() - began, stop };
    if (child.exitCode !== null) break;
    await wait(5);
  }
  await stop();
  throw new Error(`the bus did not start:\n${readFileSync(logFile, 'utf8')}`);
}

/** Settings of the bus that this shell happens to have must not change what is measured. */
const ownEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KRUISPUNT_')));
