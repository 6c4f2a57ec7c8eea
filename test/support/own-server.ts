import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A server that was started for the tests, in a folder of its own. */
export type OwnServer = {
  /** Ends it with this signal, and resolves when its process is gone. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same port; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** Stops it for good and leaves nothing behind. */
  readonly remove: () => Promise<void>;
};

type Needs = {
  readonly name: string;
  readonly folder: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where it writes what goes wrong; made anew at each start. */
  readonly log: string;
  readonly isUp: () => Promise<boolean>;
};

const START_WITHIN = 60_000;
const STOP_WITHIN = 15_000;

export const onPath = (program: string): string | null =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path)) ?? null;

/** The path of the first of these programs that is there. */
export function programOf(...names: readonly string[]): string {
  const found = names.map(onPath).find((path) => path !== null);
  if (!found) throw new Error(`${names.join(' or ')} is not on the PATH`);
  return found;
}

/** A folder that goes with the process, whatever became of the server that it was for. */
export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `kruispunt-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Starts a server; when that fails nothing of it is left. */
export async function startServer({ name, folder, program, args, log, isUp }: Needs): Promise<OwnServer> {
  let child: ChildProcess | null = null;
  const atExit = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);

  const start = async () => {
    if (child && !isOver(child)) return;
    rmSync(log, { force: true });
    // A group of its own: an interrupt at the keyboard must reach the tests before their server.
    const started = spawn(program, args, { stdio: 'ignore', detached: true });
    child = started;
    for (const until = Date.now() + START_WITHIN; !(await isUp()); await pause(50)) {
      if (!isOver(started) && Date.now() < until) continue;
      throw new Error(
        `${name} did not start: ${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : ''}`,
      );
    }
  };
  const stop = async (signal: NodeJS.Signals) => {
    const stopped = child;
    if (!stopped || isOver(stopped)) return;
    const over = once(stopped, 'exit');
    stopped.kill(signal);
    await over;
  };
  const remove = async () => {
    await stop('SIGKILL');
    process.off('exit', atExit);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (cause) {
    await remove();
    throw cause;
  }
  return { start, stop, remove };
}

/** Ends a server as it likes to be ended, if it does so in time, and leaves nothing behind. */
export async function endServer({ stop, remove }: OwnServer): Promise<void> {
  const impatient = setTimeout(() => void stop('SIGKILL'), STOP_WITHIN);
  await stop('SIGTERM');
  clearTimeout(impatient);
  await remove();
}
