import { Gauge, type Registry } from 'prom-client';

/** Adds figures that the database knows, counted when they are asked for; none while that cannot be done. */
export const countedGauges =
  <Counts>(registry: Registry, counts: () => Promise<Counts | null>) =>
  (name: string, help: string, value: (counts: Counts) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      // Every process counts the same rows.
      aggregator: 'max',
      async collect() {
        const now = await counts();
        this.reset();
        if (now) this.set(value(now));
        else this.remove();
      },
    });
