import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { systemClock } from '../src/exchange/clock.ts';
import type { NewMutation } from '../src/exchange/subscription.ts';
import { openStore, type Store } from '../src/store/connection.ts';
import { serveParent } from './child.ts';
import { lineAt, PARTIES, TODAY } from './registrations-fill.ts';

export const publication = 'PubliceerMutatiePersoon';
export const version = '02.02';
const AUTHOR = PARTIES + 1;

const number = z.number().int().positive();
/** So many mutations about the persons of so many registrations, `batch` a message and `atOnce` messages at a time. */
export const acceptJob = z.object({
  ...{ database: z.string(), rows: number, mutations: number, batch: number, atOnce: number },
});
export type AcceptJob = z.infer<typeof acceptJob>;

/** Milliseconds of each message, and how many deliveries they all came to. */
export const accepted = z.object({ milliseconds: z.array(z.number()), deliveries: z.number() });

/** About 1 KB, as a person's block of a register is. */
const content = (insz: string) =>
  `<Persoon><INSZ>${insz}</INSZ><Naam><Voornamen>${'Jan '.repeat(200)}</Voornamen></Naam></Persoon>`;

const mutationNow = (rows: number): NewMutation => {
  const { subject } = lineAt(randomInt(rows));
  return {
    ...{ publication, version, reference: randomUUID(), subject, occurredOn: TODAY, type: '02' },
    content: content(subject.number),
  };
};

export async function acceptAll(
  store: Store,
  { rows, mutations, batch, atOnce }: Omit<AcceptJob, 'database'>,
): Promise<z.infer<typeof accepted>> {
  const milliseconds: number[] = [];
  let deliveries = 0;
  let left = Math.ceil(mutations / batch);
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      const some = Array.from({ length: batch }, () => mutationNow(rows));
      const began = performance.now();
      deliveries += (await store.acceptMutations(some, AUTHOR)).deliveries;
      milliseconds.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return { milliseconds, deliveries };
}

let opened: Store | null = null;
/** As a process of its own, which keeps its connections from one message to the next. */
async function work(message: unknown): Promise<z.infer<typeof accepted>> {
  const { database, ...job } = acceptJob.parse(message);
  opened ??= await openStore(database, { clock: systemClock });
  return acceptAll(opened, job);
}

if (process.send) serveParent(work);
