/**
 * `node bench/audit-archive.ts`: what it takes to move rows of the audit to archives, what they measure there, how long
 * exchanges wait meanwhile to be recorded, and what it takes to find somebody. On SQLite, or on the server that
 * KRUISPUNT_TEST_MYSQL_URL names (a database is made there, and dropped).
 *
 *   --rows N   rows that are moved (100,000)
 *   --json     the figures as JSON
 */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { archivedExchanges, shelfIn } from '../src/archives.ts';
import { makeAnchor } from '../src/audit/make-anchor.ts';
import { verifyingDatabase } from '../src/auditing.ts';
import { archiveFolder } from '../src/files/archive-folder.ts';
import { retainAudit } from '../src/retention.ts';
import { openStore } from '../src/store/connection.ts';
import { createDocumentSigner } from '../src/wss/sign-document.ts';
import { answered } from '../test/store/samples.ts';
import { issue, makeAuthority, NOW } from '../test/support/certificates.ts';
import { wound } from '../test/support/clock.ts';
import { mysqlDatabase, sqliteDatabase } from '../test/support/database.ts';
import { keys, ring } from '../test/support/subject-keys.ts';
import { loadNow, machine } from './cpu.ts';
import { quantile } from './numbers.ts';
import { asText, type Figure } from './report.ts';

const { values } = parseArgs({ options: { rows: { type: 'string' }, json: { type: 'boolean' } } });
const { rows, json } = z
  .object({ rows: z.coerce.number().int().min(2_000).default(100_000), json: z.boolean().default(false) })
  .parse(values);

const HOURS = 20;
const DAY = 86_400_000;
const before = loadNow();
const isServer = process.env.KRUISPUNT_TEST_MYSQL_URL !== undefined;
const database = await (isServer ? mysqlDatabase() : sqliteDatabase());
const root = mkdtempSync(join(tmpdir(), 'kruispunt-archive-'));
const clock = wound(NOW);
const bus = await issue(await makeAuthority('Voorbeeld CA'), 'bus');
const { sign } = createDocumentSigner(bus);
const store = await openStore(database.url, { clock, keys });
const folder = archiveFolder(root, randomUUID, clock.now);

const digest = () => randomBytes(32).toString('hex');
const person = () => ({ kind: 'person', number: String(randomInt(10 ** 10, 10 ** 11)) }) as const;
const ms = () => Math.random() * 10;
/** As the demo world's questions leave them. */
const exchange = (subject = person()) =>
  answered({
    ...{ receivedAt: clock.now(), duration: ms(), reference: randomUUID(), subjects: [subject] },
    stages: ['parse', 'verify', 'authorise', 'validate', 'ask', 'filter', 'seal', 'audit'].map((stage) => ({
      stage,
      ms: ms(),
    })),
    ...{ sources: [{ source: 'register', ms: ms(), outcome: 'answered' }] },
    ...{ digestIn: digest(), digestOut: digest() },
  });

const someone = person();
for (let hour = 0; hour < HOURS; hour++) {
  for (let left = rows / HOURS; left > 0; left -= 1_000) {
    const some = Array.from({ length: Math.min(1_000, left) }, () => exchange());
    await Promise.all(some.map((each) => store.record(each, some.length)));
  }
  await store.record(exchange(someone));
  clock.advance(DAY / 24);
  await makeAnchor({ ...store, sign, clock }, [], DAY);
}
clock.advance(3 * DAY);

let isOver = false;
const waits: number[] = [];
const recording = (async () => {
  while (!isOver) {
    const began = performance.now();
    await store.record(exchange());
    waits.push(performance.now() - began);
    await pause(20);
  }
})();
const own = process.cpuUsage();
const began = performance.now();
const log = { info: () => {}, error: (about: object, text: string) => console.error(text, about) };
const { made } = await retainAudit(
  { ...{ store, keys: ring, folder, sign, clock, who: 'bench', log }, ...{ onlineDays: 1, keepDays: 30 } },
  { most: 1_000, wait: 0 },
  new AbortController().signal,
);
const took = performance.now() - began;
const { user, system } = process.cpuUsage(own);
isOver = true;
await recording;

const moved = made.reduce((sum, each) => sum + each.rows, 0);
const bytes = made.reduce((sum, each) => sum + each.size, 0);
const shelf = shelfIn(folder, store, ring);
const { archivedAbout } = archivedExchanges(store, shelf, keys);
const timed = async <T>(work: () => Promise<T>) => {
  const start = performance.now();
  return [await work(), performance.now() - start] as const;
};
const [nobody, absent] = await timed(() => archivedAbout(person()));
const [found, present] = await timed(() => archivedAbout(someone));
const [{ findings }, verified] = await timed(() =>
  verifyingDatabase({ store, shelf }, keys)([bus.certificate]),
);
if (moved !== rows + HOURS || nobody.length > 0 || found.length !== HOURS || findings.length > 0)
  throw new Error(`${moved} moved, ${found.length} found, ${JSON.stringify(findings[0])}`);
await store.close();
await database.remove();
rmSync(root, { recursive: true });

const figure = (name: string, value: number, unit: string, note = ''): Figure => ({
  ...{ name, value, unit, note, target: null },
});
const figures: readonly Figure[] = [
  figure('rows moved to archives', moved / (took / 1_000), 'rows/s', `${moved} in ${made.length} archives`),
  figure('CPU of a row', (user + system) / moved, 'µs', 'with recording beside it'),
  figure('a row in an archive', bytes / moved, 'bytes'),
  figure('recording meanwhile, p50', quantile(waits, 0.5), 'ms', `${waits.length} exchanges`),
  figure(
    'recording meanwhile, p99',
    quantile(waits, 0.99),
    'ms',
    `worst ${Math.max(...waits).toFixed(0)} ms`,
  ),
  figure('finding nobody', absent / made.length, 'ms/archive'),
  figure('finding somebody', present / made.length, 'ms/archive', `${found.length} exchanges`),
  figure('audit verify through archives', moved / (verified / 1_000), 'rows/s'),
];
const report = {
  at: new Date().toISOString(),
  machine: machine(),
  load: [before, loadNow()],
  figures,
} as const;
console.log(json ? JSON.stringify(report, null, 2) : `${isServer ? 'MariaDB' : 'SQLite'}: ${asText(report)}`);
