import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A Redis that a test may empty, take down and bring back, which the one that all tests share must never be. */
export type OwnRedis = {
  readonly url: string;
  /** Ends the server with this signal, and with it everything that it held. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again, empty, on the same port; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** Stops it for good and leaves nothing behind. */
  readonly remove: () => Promise<void>;
};

const START_WITHIN = 30_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
};

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Starts a Redis of this test's own, reachable from this machine only, that writes nothing to disk. */
export async function startRedis(): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-own-redis-'));
  const [config, log] = [join(folder, 'redis.conf'), join(folder, 'log')];
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')];
  const settings = [
    ...['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${folder}`, `logfile ${log}`],
    ...['save ""', 'appendonly no'],
  ];
  writeFileSync(config, `${settings.join('\n')}\n`, { mode: 0o600 });
  let child: ChildProcess | null = null;
  const atExit = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);

  const start = async () => {
    if (child && !isOver(child)) return;
    rmSync(log, { force: true });
    // A group of its own: an interrupt at the keyboard must reach the test before its server.
    const started = spawn('redis-server', [config], { stdio: 'ignore', detached: true });
    child = started;
    const says = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    for (const end = Date.now() + START_WITHIN; !says().includes('Ready to accept'); await pause(20))
      if (isOver(started) || Date.now() > end) throw new Error(`Redis did not start: ${says()}`);
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
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop, start, remove };
}
