import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What a dependency is asked: it resolves when it works. Where it is not needed the bus answers without it. */
export type Dependency = {
  readonly name: string;
  readonly check: () => Promise<void>;
  readonly needed: boolean;
};

/** Something an operator must mend although the bus goes on: what it is, or null. */
export type Concern = { readonly name: string; readonly trouble: () => string | null };

/** Whether who asks may see how the bus is inside. */
export type MaySee = (request: FastifyRequest) => boolean;

/**
 * Liveness: this process answers. Readiness: so does everything it needs. Who may see it is told each with its
 * state, and a concern while there is trouble, which makes nothing unready; a balancer needs no more than the status.
 */
export function health(
  server: FastifyInstance,
  dependencies: readonly Dependency[],
  concerns: readonly Concern[],
  maySee: MaySee,
): void {
  server.get('/health/live', () => ({ status: 'up' }));
  server.get('/health/ready', async (request, reply) => {
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
    const inside = maySee(request) ? Object.fromEntries([...named, ...troubles]) : {};
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'up' : 'down', ...inside });
  });
}
