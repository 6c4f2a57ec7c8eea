import { readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** CPU that each thread of a process has used since it started, user and system, in microseconds, by thread name. */
export function cpuByThread(pid: number): ReadonlyMap<string, number> {
  const used = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const read = (name: string) => readFileSync(`/proc/${pid}/task/${thread}/${name}`, 'utf8');
    const name = thread === String(pid) ? 'main' : read('comm').trim();
    used.set(name, (used.get(name) ?? 0) + Number(read('schedstat').split(' ')[0]) / 1000);
  }
  return used;
}

/**
 * CPU that a process has used since it started, all its threads, in microseconds. Read from outside (Linux's
 * `/proc/[pid]/task/[thread]/schedstat`: nanoseconds by the kernel's scheduler), so that measuring costs the measured
 * process nothing.
 */
export const cpuMicros = (pid: number): number =>
  [...cpuByThread(pid).values()].reduce((sum, each) => sum + each, 0);

/** Resident memory of a process in MB. */
export function rssMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** On what it was measured. */
export const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  node: process.version,
});

export const loadNow = (): number => loadavg()[0] ?? 0;
