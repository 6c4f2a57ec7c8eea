import type { FastifyInstance } from 'fastify';

/** What a dependency is asked: it resolves when it works. */
export type Dependency = { readonly name: string; readonly check: () => Promise<void> };

/** Something an operator must mend although the bus goes on: what it is, or null. */
export type Concern = { readonly name: string; readonly trouble: () => string | null };

/**
 * Liveness: this process answers. Readiness: so does everything it needs, each named with its state; a concern is named
 * beside them while there is trouble, and makes nothing unready.
 */
export function health(
  server: FastifyInstance,
  dependencies: readonly Dependency[],
  concerns: readonly Concern[] = [],
): void {
  server.get('/health/live', () => ({ status: 'up' }));
  server.get('/health/ready', async (_request, reply) => {
    const states = await Promise.all(
      dependencies.map(({ name, check }) =>
        check().then(
          () => [name, 'up'] as const,
          () => [name, 'down'] as const,
        ),
      ),
    );
    const troubles = concerns.flatMap(({ name, trouble }) => {
      const text = trouble();
      return text === null ? [] : [[name, text] as const];
    });
    const ready = states.every(([, state]) => state === 'up');
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'up' : 'down', ...Object.fromEntries([...states, ...troubles]) });
  });
}
