import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Logger } from 'pino';
import { answerWorkers } from './http/worker-metrics.ts';
import { countForWorkers } from './queue/worker-turns.ts';

/** A worker that dies sooner after its start than this died of something that another start will not mend. */
const TOO_SOON = 2_000;

export type Workers = {
  readonly url: string;
  readonly close: () => Promise<void>;
  readonly failed: Promise<void>;
};

/**
 * Starts as many processes that answer on one port, and starts another for each that dies. `failed` resolves when a
 * worker cannot even start.
 *
 * @param urlOf the bus's address, by the port that the workers came to share
 */
export async function startWorkers(
  count: number,
  log: Logger,
  urlOf: (port: number) => string,
): Promise<Workers> {
  let stopping = false;
  let fail: () => void = () => {};
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });
  answerWorkers();
  countForWorkers();

  function start(): Worker {
    const began = performance.now();
    const worker = cluster.fork();
    worker.once('listening', () => log.info({ worker: worker.process.pid }, 'a worker listens'));
    worker.once('exit', (code, signal) => {
      if (stopping) return;
      log.error({ worker: worker.process.pid, code, signal }, 'a worker died');
      if (performance.now() - began < TOO_SOON) fail();
      else start();
    });
    return worker;
  }

  const first = start();
  const port = await Promise.race([
    once(first, 'listening').then(([address]: { port: number }[]) => address?.port ?? 0),
    failed.then(() => null),
  ]);
  if (port === null) throw new Error('the first worker could not start; what it said stands above');
  for (let index = 1; index < count; index++) start();
  return {
    url: urlOf(port),
    failed,
    close: async () => {
      stopping = true;
      const running = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
      const exits = running.map((worker) => once(worker, 'exit'));
      for (const worker of running) worker.process.kill('SIGTERM');
      await Promise.all(exits);
    },
  };
}
