import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzz, type Order } from './run.ts';
import { engineMemory } from './walked.ts';
import { type Accepted, refusedByXmlsec } from './xmlsec-batch.ts';

/** The run itself, in a thread of its own: should a message hang it, somebody is there to tell which. */

export type Sample = { readonly number: number; readonly engine: number; readonly heap: number };
export type Progress =
  | { readonly sample: Sample }
  | { readonly done: Awaited<ReturnType<typeof fuzz>> & Xmlsec };
type Xmlsec = { readonly xmlsec: { readonly shown: number; readonly refused: readonly number[] } };

const EVERY = 5_000;
const BATCH = 200;

const { order, at }: { order: Order; at: SharedArrayBuffer } = workerData;
const current = new Int32Array(at);
const folder = mkdtempSync(join(tmpdir(), 'kruispunt-fuzz-'));
const send = (progress: Progress) => parentPort?.postMessage(progress);

const kept: Accepted[] = [];
const refused: number[] = [];
let shown = 0;
async function show(): Promise<void> {
  const batch = kept.splice(0);
  shown += batch.length;
  refused.push(...(await refusedByXmlsec(batch, folder)));
}

try {
  const tally = await fuzz(order, {
    at: (number) => {
      Atomics.store(current, 0, number);
      if (number % EVERY === 0)
        send({ sample: { number, engine: engineMemory(), heap: process.memoryUsage().heapUsed } });
    },
    accepted: async ({ number, bytes }, certificate) => {
      if (order.foreignOf === 0) return;
      kept.push({ number, bytes, certificate });
      if (kept.length >= BATCH) await show();
    },
  });
  await show();
  send({ done: { ...tally, xmlsec: { shown, refused } } });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
