import cluster, { type Worker } from 'node:cluster';
import { z } from 'zod';
import type { TakeTurn } from '../exchange/controls.ts';
import { slidingWindows } from './sliding-windows.ts';

/** Without Redis the primary counts for its workers, so that a limit is one limit however many answer. */
const request = z.object({
  kind: z.literal('kruispunt:turn'),
  key: z.number(),
  of: z.string(),
  max: z.number(),
  within: z.number(),
  at: z.number(),
});
const response = z.object({ kind: z.literal('kruispunt:turn'), key: z.number(), taken: z.boolean() });

/** In a worker: asks the primary. */
export function askPrimaryForTurns(): TakeTurn {
  const waiting = new Map<number, (taken: boolean) => void>();
  let lastKey = 0;
  process.on('message', (message: unknown) => {
    const said = response.safeParse(message);
    if (!said.success) return;
    waiting.get(said.data.key)?.(said.data.taken);
    waiting.delete(said.data.key);
  });
  return (of, { max, within }, at) => {
    const key = ++lastKey;
    return new Promise((resolve, reject) => {
      waiting.set(key, resolve);
      process.send?.({ kind: 'kruispunt:turn', key, of, max, within, at: at.getTime() }, (error: unknown) => {
        if (!error) return;
        waiting.delete(key);
        reject(new Error('the primary, which counts for its workers, cannot be reached', { cause: error }));
      });
    });
  };
}

/** In the primary: counts for all workers. */
export function countForWorkers(): void {
  const { take } = slidingWindows();
  cluster.on('message', (worker: Worker, message: unknown) => {
    const asked = request.safeParse(message);
    if (!asked.success || !worker.isConnected()) return;
    const { kind, key, of, max, within, at } = asked.data;
    worker.send({ kind, key, taken: take(of, { max, within }, new Date(at)) });
  });
}
