import type { FastifyInstance } from 'fastify';

/** What a dependency is asked: it resolves when it works. Where it is not needed the bus answers without it. */
export type Dependency = {
  readonly name: string;
  readonly check: () => Promise<void>;
  readonly needed: boolean;
};

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
      dependencies.map(({ name, check, needed }) =>
        check().then(
          () => ({ name, state: 'up', stops: false }),
          () => ({ name, state: 'down', stops: needed }),
        ),
      ),
    );
    const troubles = concerns.flatMap(({ name, trouble }) => {
      const text = trouble();
      return text === null ? [] : [[name, text] as const];
    });
    const named = states.map(({ name, state }) => [name, state] as const);
    const ready = !states.some(({ stops }) => stops);
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'up' : 'down', ...Object.fromEntries([...named, ...troubles]) });
  });
}
