import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from './eventually.ts';

/** The program as a user runs it: its own process, its own folder to write in, known by nothing but what it prints. */

export const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/main.ts');
const START_WITHIN = 120_000;

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Program = {
  readonly url: string;
  readonly pid: number;
  /** Everything that it wrote so far, to stdout and stderr. */
  readonly output: () => string;
  /** Waits until it wrote something like this. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Sends the signal, waits until the process is gone and says how it ended. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
};

type Settings = Readonly<Record<string, string>>;

/** A folder of this test's own; it goes when the process does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-e2e-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Only what a test sets reaches the program: no settings of whoever runs the tests. */
function launch(args: readonly string[], settings: Settings, folder: string): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KRUISPUNT_'));
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function watch(child: ChildProcess) {
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, ...said }));
  });
  return { said, ended };
}

/** One verb, from start to end, in a folder that holds the repository's contracts (or in `folder`). */
export function runVerb(args: readonly string[], settings: Settings = {}, folder = ROOT): Promise<Ended> {
  return watch(launch(args, settings, folder)).ended;
}

/**
 * `kruispunt serve` on a free port, as soon as it says where it listens.
 *
 * @throws Error with everything it wrote, when it ends or stays silent instead
 */
export const startProgram = (settings: Settings): Promise<Program> =>
  // Without SFTP unless a test wants it: programs run side by side, and the port is one.
  start(['serve', '--port', '0'], { KRUISPUNT_SFTP_PORT: '0', ...settings }, 'listening');

/** `kruispunt work`, as soon as it says that it works and, by KRUISPUNT_WORK_PORT, where it can be looked at. */
export const startWork = (settings: Settings): Promise<Program> => start(['work'], settings, 'working');

async function start(args: readonly string[], settings: Settings, msg: string): Promise<Program> {
  const child = launch(args, settings, ROOT);
  const { said, ended } = watch(child);
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);
  const output = () => `${said.stdout}${said.stderr}`;
  let late: NodeJS.Timeout | undefined;
  const url = await new Promise<string>((settle, reject) => {
    late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the program does not say where it listens:\n${output()}`));
    }, START_WITHIN);
    child.stdout?.on('data', () => {
      const found = new RegExp(`"url":"([^"]+)".*"msg":"${msg}"`).exec(said.stdout)?.[1];
      if (found) settle(found);
    });
    void ended.then(
      () => reject(new Error(`the program ended before it listened:\n${output()}`)),
      (cause) => reject(cause),
    );
  }).finally(() => clearTimeout(late));
  const says = async (pattern: RegExp) => {
    const never = () => `the program never says ${pattern}:\n${output()}`;
    await eventually(never, () => pattern.test(output()), 10);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const how = await ended;
    process.off('exit', atExit);
    return how;
  };
  return { url, pid: child.pid ?? 0, output, says, stop };
}
