/** Hostile senders: a process of its own, that sends as fast as it is let or at a rate, until it is told to stop. */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from 'zod';
import { serveParent } from './child.ts';

export const floodJob = z.union([
  z.object({
    url: z.string(),
    /** base64; sent in turn. */
    messages: z.array(z.string()),
    /** From which it comes: any of 127.0.0.0/8 is this machine. */
    addresses: z.array(z.string()),
    /** Of each address. */
    connections: z.number(),
    /** Messages a second of all together; null: as fast as they are answered. */
    rate: z.number().nullable(),
  }),
  z.object({ stop: z.literal(true) }),
]);
export const floodResult = z.object({ sent: z.number() });
type Flood = Exclude<z.infer<typeof floodJob>, { stop: true }>;

const PATH = '/GeefPersoonDienst-02.02/soap/WebService';
const HEADERS = { 'content-type': 'text/xml; charset=utf-8' };

let stop: () => Promise<number> = async () => 0;

function start({ url, messages, addresses, connections, rate }: Flood): void {
  const bodies = messages.map((each) => Buffer.from(each, 'base64'));
  const lines = addresses.length * connections;
  const pools = addresses.map(
    (localAddress) => new Pool(url, { connections, localAddress, headersTimeout: 0, bodyTimeout: 0 }),
  );
  let sent = 0;
  let isOver = false;
  const line = async (pool: Pool) => {
    while (!isOver) {
      const began = performance.now();
      const body = bodies[sent++ % bodies.length] ?? Buffer.alloc(0);
      await pool.request({ method: 'POST', path: PATH, headers: HEADERS, body }).then(
        (answer) => answer.body.dump(),
        // A bus that cuts off whoever sends such things is right.
        () => wait(1),
      );
      const due = rate === null ? 0 : (lines * 1000) / rate - (performance.now() - began);
      if (due > 0) await wait(due);
    }
  };
  for (const pool of pools) for (let each = 0; each < connections; each++) void line(pool);
  stop = async () => {
    isOver = true;
    await Promise.all(pools.map((pool) => pool.destroy()));
    return sent;
  };
}

serveParent(async (message) => {
  const job = floodJob.parse(message);
  if ('stop' in job) return { sent: await stop() };
  start(job);
  return { sent: 0 };
});
