import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { z } from 'zod';

/**
 * Each worker counts for itself, and a scrape reaches any one of them: the worker that is asked asks the primary, which
 * adds up the figures of all.
 */
const request = z.object({ kind: z.literal('kruispunt:metrics'), key: z.number() });
const response = z.object({
  kind: z.literal('kruispunt:metrics'),
  key: z.number(),
  text: z.string().nullable(),
});

let lastKey = 0;

/** In a worker: gives its own figures to the primary when that collects them. */
export function answerPrimary(registry: Registry): void {
  AggregatorRegistry.setRegistries(registry);
  // Being made is what makes it listen.
  new AggregatorRegistry();
}

/** In a worker: the figures of all workers. */
export function askPrimary(): Promise<string> {
  const key = ++lastKey;
  return new Promise((resolve, reject) => {
    const listen = (message: unknown) => {
      const result = response.safeParse(message);
      if (!result.success || result.data.key !== key) return;
      process.off('message', listen);
      if (result.data.text === null) reject(new Error('the primary could not collect the figures'));
      else resolve(result.data.text);
    };
    process.on('message', listen);
    process.send?.({ kind: 'kruispunt:metrics', key });
  });
}

/** In the primary: answers the workers. */
export function answerWorkers(): void {
  const registry = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    const result = request.safeParse(message);
    if (!result.success) return;
    const { kind, key } = result.data;
    const answer = (text: string | null) => void (worker.isConnected() && worker.send({ kind, key, text }));
    registry.clusterMetrics().then(answer, () => answer(null));
  });
}
