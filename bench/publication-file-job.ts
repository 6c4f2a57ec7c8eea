import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { loadPublications } from '../src/contract/load-publications.ts';
import { systemClock } from '../src/exchange/clock.ts';
import { fileTree } from '../src/files/tree.ts';
import { layDown } from '../src/publication/lay-down.ts';
import { keepHeapSteady } from '../src/steady-heap.ts';
import { openStore } from '../src/store/connection.ts';
import { createDocumentSigner } from '../src/wss/sign-document.ts';
import { serveParent } from './child.ts';

/** One file to be laid down, from a database below a folder. */
export const fileJob = z.object({
  database: z.string(),
  folder: z.string(),
  fileId: z.number(),
  privateKey: z.string(),
  certificate: z.string(),
});

/** `cpuSeconds`: user and system, all threads. `idle` and `peak`: resident memory in MB, before it began and at its highest. */
export const fileResult = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  records: z.number(),
  size: z.number(),
  sha256: z.string(),
  idle: z.number(),
  peak: z.number(),
});

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the kernel says of this process, which counts what libraries allocate too. */
function memory(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

async function work(message: unknown): Promise<z.infer<typeof fileResult>> {
  const { database, folder, fileId, ...key } = fileJob.parse(message);
  keepHeapSteady(); // as a worker does
  const { publications } = loadPublications([`${root}/wsdl`], [`${root}/xsd`], () => null);
  const store = await openStore(database, { clock: systemClock });
  const tree = fileTree({ root: folder, randomId: () => String(process.pid) });
  const file = await store.file(fileId);
  if (file === null) throw new Error(`there is no file ${fileId}`);
  const lay = layDown({
    publications,
    speaker: 'vip.vlaanderen.be',
    environment: 'TEST',
    recordsOf: ({ id }) => store.recordsOf(id),
    place: (partyId, name, bytes) => tree.place(partyId, 'Publicaties', name, bytes),
    read: (partyId, name) => tree.read(partyId, 'Publicaties', name),
    sign: createDocumentSigner(key).sign,
  });
  const idle = memory('VmRSS');
  const before = process.cpuUsage();
  const began = performance.now();
  const written = await lay(file, new AbortController().signal);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  await store.close();
  return { seconds, cpuSeconds: (user + system) / 1e6, ...written, idle, peak: memory('VmHWM') };
}

if (process.send) serveParent(work);
