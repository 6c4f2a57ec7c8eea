/**
 * `node bench/publishing.ts`: what it takes to accept mutations and to lay them ready for whoever is entitled to them,
 * and to close batches of them, on MariaDB (KRUISPUNT_TEST_MYSQL_URL names a server; a database is made there, and
 * dropped). The database is that of `registrations.ts`, each party with one subscription for each of its capacities and
 * one for all of them, so that a mutation becomes four deliveries.
 *
 *   --rows N       registrations (1,000,000)
 *   --mutations N  mutations that are accepted (60,000)
 *   --batch N      mutations a message (100)
 *   --at-once N    messages at a time, of each process (4)
 *   --processes N  then the same by 2, 3 … N processes at the same time (1)
 *   --json         the figures as JSON
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../src/exchange/clock.ts';
import { openStore, type Store } from '../src/store/connection.ts';
import { mysqlDatabase } from '../test/support/database.ts';
import { startChild } from './child.ts';
import { cpuMicros, loadNow, machine } from './cpu.ts';
import { quantile } from './numbers.ts';
import { acceptAll, accepted, publication, version } from './publishing-accept.ts';
import { CAPACITIES, fill, PARTIES } from './registrations-fill.ts';
import { mysqlSql, type Sql } from './registrations-sql.ts';
import { asText, type Figure, isMet } from './report.ts';

const number = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    ...{ rows: { type: 'string' }, mutations: { type: 'string' }, batch: { type: 'string' } },
    ...{ 'at-once': { type: 'string' }, processes: { type: 'string' }, json: { type: 'boolean' } },
  },
});
const options = z
  .object({
    rows: number.default(1_000_000),
    mutations: number.default(60_000),
    batch: number.default(100),
    'at-once': number.default(4),
    processes: number.default(1),
    json: z.boolean().default(false),
  })
  .parse(values);

const SINCE = '2020-01-01 00:00:00.000';
const SUBSCRIPTIONS = PARTIES * (CAPACITIES.length + 1);

const subscribe = async (sql: Sql) => {
  const ids = Array.from({ length: PARTIES }, (_, index) => index + 1);
  await sql.begin();
  await sql.insert(
    'party_grant',
    ['party_id', 'uri', 'service', 'version', 'legal_basis', 'valid_from', 'visible_paths'],
    ids.map((id) => [id, `http://example.test/${id}`, publication, version, 'Decreet', SINCE, '["**"]']),
  );
  await sql.insert(
    'subscription',
    [
      ...['party_id', 'uri', 'hoedanigheid', 'publication', 'version', 'kind', 'schedule', 'time_zone'],
      ...['format', 'filter_paths', 'legal_basis', 'channel', 'empty_files', 'retention_days', 'valid_from'],
    ],
    ids.flatMap((id) =>
      [...CAPACITIES, null].map((capacity) => [
        ...[id, `http://example.test/${id}`, capacity, publication, version, 'mutations', '0 3 * * *'],
        ...['Europe/Brussels', 'xml', '[]', 'Decreet', 'files', 0, 30, SINCE],
      ]),
    ),
  );
  await sql.commit();
};

/** How many a worker closes at the same time (src/publishing.ts). */
const CLOSED_AT_ONCE = 4;

/** Closes a batch of every subscription. */
const closeAll = async (store: Store, atOnce: number) => {
  const { backlog: deliveries } = await store.publicationFigures();
  const cutOff = new Date();
  const began = performance.now();
  let [files, next] = [0, 1];
  const closer = async () => {
    while (next <= SUBSCRIPTIONS) {
      const id = next;
      next += 1;
      const fileId = await store.closeBatch(id, cutOff, () => ({
        ...{ voucherId: randomUUID(), visible: ['**'], grantId: id, legalBasis: 'Decreet' },
        snapshot: null,
        nameAt: (moment) => `persoon.${publication}_${moment.getTime()}.xml`,
      }));
      if (fileId !== null) files += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, closer));
  return { files, deliveries, elapsed: performance.now() - began };
};

type Rate = { readonly perSecond: number; readonly ours: number; readonly theirs: number };
type Measured = Rate & z.infer<typeof accepted>;

/** So many processes at the same time, each with its share. CPU is in microseconds a mutation. */
const measureAccepting = async (
  database: string,
  server: number | null,
  processes: number,
): Promise<Measured> => {
  const children = Array.from({ length: processes }, () => startChild('publishing-accept.ts'));
  const share = Math.ceil(options.mutations / processes);
  const job = { database, rows: options.rows, batch: options.batch, atOnce: options['at-once'] };
  const ask = (mutations: number) =>
    Promise.all(children.map((child) => child.ask({ ...job, mutations }, accepted)));
  await ask(Math.min(5_000, share)); // to warm up the code and what of the tables is read
  const pids = children.map(({ pid }) => pid);
  const cpu = () => pids.reduce((sum, pid) => sum + cpuMicros(pid), 0);
  const [before, serverBefore] = [cpu(), server === null ? Number.NaN : cpuMicros(server)];
  const began = performance.now();
  const all = await ask(share);
  const seconds = (performance.now() - began) / 1000;
  const milliseconds = all.flatMap((each) => each.milliseconds);
  const count = milliseconds.length * options.batch;
  const ours = (cpu() - before) / count;
  const theirs = server === null ? Number.NaN : (cpuMicros(server) - serverBefore) / count;
  for (const child of children) await child.stop();
  const deliveries = all.reduce((sum, each) => sum + each.deliveries, 0) / count;
  return { perSecond: count / seconds, ours, theirs, milliseconds, deliveries };
};

/** Where both cores are used to the full, another process cannot make it faster, however little stands in its way. */
const cores = ({ perSecond, ours, theirs }: Rate) => (perSecond * (ours + theirs)) / 1e6;

const measure = async (database: string, store: Store, server: number | null): Promise<readonly Figure[]> => {
  const one = await measureAccepting(database, server, 1);
  const figures: Figure[] = [
    {
      ...{ name: 'mutations matched and durable', value: one.perSecond, unit: '/s' },
      note: `${options.batch} a message, ${options['at-once']} messages at a time; ${one.deliveries.toFixed(2)} deliveries each`,
      target: { least: 3_000 },
    },
    {
      ...{ name: '  of this process, CPU', value: one.ours, unit: 'µs/mutation', target: null },
      note: `and of the server ${one.theirs.toFixed(0)} µs; ${cores(one).toFixed(2)} cores in all`,
    },
    {
      ...{ name: '  a message, p50', value: quantile(one.milliseconds, 0.5), unit: 'ms', target: null },
      note: `p99 ${quantile(one.milliseconds, 0.99).toFixed(1)} ms`,
    },
  ];
  for (let processes = 2; processes <= options.processes; processes += 1) {
    const more = await measureAccepting(database, server, processes);
    figures.push({
      ...{ name: `  by ${processes} processes`, value: more.perSecond, unit: '/s', target: null },
      note: `${(more.perSecond / one.perSecond).toFixed(2)} times one; ${more.ours.toFixed(0)} + ${more.theirs.toFixed(0)} µs; ${cores(more).toFixed(2)} cores in all`,
    });
  }
  for (const atOnce of [1, CLOSED_AT_ONCE]) {
    // As many again for the second round.
    if (atOnce > 1) await acceptAll(store, { ...options, atOnce: options['at-once'] });
    const closed = await closeAll(store, atOnce);
    figures.push({
      ...{
        name: `batches closed, ${atOnce} at a time`,
        value: (closed.files * 1000) / closed.elapsed,
        unit: '/s',
      },
      ...{ note: `${closed.files} files of ${closed.deliveries} deliveries`, target: null },
    });
  }
  return figures;
};

const database = await mysqlDatabase();
const loadBefore = loadNow();
try {
  await (await openStore(database.url, { clock: systemClock })).close(); // makes the tables
  const sql = await mysqlSql(database.url);
  await fill(sql, options.rows, (line) => console.error(line));
  await subscribe(sql);
  const store = await openStore(database.url, { clock: systemClock });
  try {
    const figures = await measure(database.url, store, await sql.server());
    const what = `${options.rows} registrations, ${SUBSCRIPTIONS} subscriptions`;
    const at = `${new Date().toISOString().slice(0, 16)}, MariaDB, ${what}`;
    const report = { at, machine: machine(), load: [loadBefore, loadNow()], figures } as const;
    console.log(options.json ? JSON.stringify(report, null, 2) : asText(report));
    if (figures.some((each) => isMet(each) === false)) process.exitCode = 1;
  } finally {
    await store.close();
    await sql.close();
  }
} finally {
  await database.remove();
}
