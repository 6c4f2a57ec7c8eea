import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { ROOT } from './program.ts';

/** Workers that are replaced as soon as they were killed. */
export type Crew = {
  readonly kills: () => number;
  /** Kills these at once, and resolves when their processes are gone. */
  readonly kill: (indices: readonly number[]) => Promise<void>;
  /** Starts another for each that is gone. */
  readonly replace: () => void;
  /** Tells all to stop, and resolves when they have. */
  readonly dismiss: () => Promise<unknown>;
};

/** Starts `kruispunt work` so many times; the first makes the keys that all sign with. */
export async function hire(count: number, settings: Readonly<Record<string, string>>): Promise<Crew> {
  const crew: ChildProcess[] = [];
  let kills = 0;
  const said: string[] = [];
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'work'], {
      ...{ cwd: ROOT, env: { PATH: process.env.PATH, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said.push(text);
        said.splice(0, said.length - 50);
      });
    return child;
  };
  process.once('exit', () => {
    for (const child of crew) child.kill('SIGKILL');
  });
  const first = start();
  crew.push(first);
  for (const until = Date.now() + 60_000; !said.join('').includes('"working"'); await pause(50))
    if (Date.now() > until || first.exitCode !== null) throw new Error(`no worker starts: ${said.join('')}`);
  while (crew.length < count) crew.push(start());
  return {
    kills: () => kills,
    kill: async (indices) => {
      kills += indices.length;
      await Promise.all(indices.map((index) => end(crew[index], 'SIGKILL')));
    },
    replace: () => {
      for (const [index, child] of crew.entries()) if (isGone(child)) crew[index] = start();
    },
    dismiss: () => Promise.all(crew.map((child) => end(child, 'SIGTERM'))),
  };
}

const isGone = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || isGone(child)) return;
  const over = once(child, 'exit');
  child.kill(signal);
  await over;
}

/** How long a job of a step is waited for, in milliseconds, before workers are killed whatever they do. */
const PATIENCE = 2_000;

/**
 * Kills workers while a job of this step is under way. Where all of them are killed, what they held is still held when
 * they are gone: those jobs are returned, each as its step and what tells this attempt at it from all others. A step
 * takes milliseconds, hence the haste.
 */
export async function killDuring(
  step: string,
  steps: readonly string[],
  {
    crew,
    redis,
    indices,
  }: { readonly crew: Crew; readonly redis: Redis; readonly indices: readonly number[] },
): Promise<readonly Held[]> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; ) {
    if ((await redis.llen(`kruispunt:${step}:active`)) > 0) break;
    await pause(1);
  }
  await crew.kill(indices);
  try {
    return (await Promise.all(steps.map((each) => heldJobs(redis, each)))).flat();
  } finally {
    crew.replace();
  }
}

export type Held = { readonly step: string; readonly attempt: string };

/** A job that was held when an earlier worker died has no lock any more, or still that worker's. */
async function heldJobs(redis: Redis, step: string): Promise<readonly Held[]> {
  const ids = await redis.lrange(`kruispunt:${step}:active`, 0, -1);
  const locks = await Promise.all(ids.map((id) => redis.get(`kruispunt:${step}:${id}:lock`)));
  return ids.flatMap((id, index) => {
    const lock = locks[index];
    return lock ? [{ step, attempt: `${id} ${lock}` }] : [];
  });
}
