/**
 * `node bench/publishing.ts`: what it takes to accept mutations and to lay them ready for whoever is entitled to them,
 * and to close batches of them, on MariaDB (KRUISPUNT_TEST_MYSQL_URL names a server; a database is made there, and
 * dropped). The database is that of `registrations.ts`, each party with one subscription for each of its capacities and
 * one for all of them, so that a mutation becomes four deliveries.
 *
 *   --rows N       registrations (1,000,000)
 *   --mutations N  mutations that are accepted (60,000)
 *   --batch N      mutations a message (100)
 *   --at-once N    messages at a time (4)
 *   --json         the figures as JSON
 */
import { randomInt, randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../src/exchange/clock.ts';
import type { NewMutation } from '../src/exchange/subscription.ts';
import { openStore, type Store } from '../src/store/connection.ts';
import { mysqlDatabase } from '../test/support/database.ts';
import { cpuMicros, loadNow, machine } from './cpu.ts';
import { quantile } from './numbers.ts';
import { CAPACITIES, fill, lineAt, PARTIES, TODAY } from './registrations-fill.ts';
import { mysqlSql, type Sql } from './registrations-sql.ts';
import { asText, type Figure, isMet } from './report.ts';

const number = z.coerce.number().int().positive();
const { values } = parseArgs({
  options: {
    ...{ rows: { type: 'string' }, mutations: { type: 'string' }, batch: { type: 'string' } },
    ...{ 'at-once': { type: 'string' }, json: { type: 'boolean' } },
  },
});
const options = z
  .object({
    rows: number.default(1_000_000),
    mutations: number.default(60_000),
    batch: number.default(100),
    'at-once': number.default(4),
    json: z.boolean().default(false),
  })
  .parse(values);

const publication = 'PubliceerMutatiePersoon';
const version = '02.02';
const SINCE = '2020-01-01 00:00:00.000';
const SUBSCRIPTIONS = PARTIES * (CAPACITIES.length + 1);
const AUTHOR = PARTIES + 1;

/** About 1 KB, as a person's block of a register is. */
const content = (insz: string) =>
  `<Persoon><INSZ>${insz}</INSZ><Naam><Voornamen>${'Jan '.repeat(200)}</Voornamen></Naam></Persoon>`;

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

const mutationNow = (): NewMutation => {
  const { subject } = lineAt(randomInt(options.rows));
  return {
    ...{ publication, version, reference: randomUUID(), subject, occurredOn: TODAY, type: '02' },
    content: content(subject.number),
  };
};

/** Milliseconds of each message, and how many deliveries they came to. */
const acceptAll = async (store: Store, count: number) => {
  const milliseconds: number[] = [];
  let deliveries = 0;
  let left = Math.ceil(count / options.batch);
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      const batch = Array.from({ length: options.batch }, mutationNow);
      const began = performance.now();
      const accepted = await store.acceptMutations(batch, AUTHOR);
      deliveries += accepted.deliveries;
      milliseconds.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: options['at-once'] }, sender));
  return { milliseconds, deliveries, elapsed: performance.now() - began };
};

const closeAll = async (store: Store) => {
  const cutOff = new Date();
  const began = performance.now();
  let files = 0;
  for (let id = 1; id <= SUBSCRIPTIONS; id += 1) {
    const fileId = await store.closeBatch(id, cutOff, () => ({
      ...{ voucherId: randomUUID(), visible: ['**'], grantId: id, legalBasis: 'Decreet' },
      nameAt: (moment) => `persoon.${publication}_${moment.getTime()}.xml`,
    }));
    if (fileId !== null) files += 1;
  }
  return { files, elapsed: performance.now() - began };
};

const measure = async (store: Store, server: number | null): Promise<readonly Figure[]> => {
  await acceptAll(store, Math.min(5_000, options.mutations)); // to warm up the code and what of the tables is read
  const serverBefore = server === null ? 0 : cpuMicros(server);
  const before = process.cpuUsage();
  const { milliseconds, deliveries, elapsed } = await acceptAll(store, options.mutations);
  const { user, system } = process.cpuUsage(before);
  const count = milliseconds.length * options.batch;
  const ours = (user + system) / count;
  const theirs = server === null ? Number.NaN : (cpuMicros(server) - serverBefore) / count;
  const closed = await closeAll(store);
  const all = count + Math.ceil(Math.min(5_000, options.mutations) / options.batch) * options.batch;
  const each = `${options.batch} a message, ${options['at-once']} messages at a time`;
  return [
    {
      ...{ name: 'mutations matched and durable', value: (count * 1000) / elapsed, unit: '/s' },
      ...{ note: `${each}; ${(deliveries / count).toFixed(2)} deliveries each`, target: { least: 3_000 } },
    },
    {
      ...{ name: '  of this process, CPU', value: ours, unit: 'µs/mutation', target: null },
      note: `and of the server ${theirs.toFixed(0)} µs`,
    },
    {
      ...{ name: '  a message, p50', value: quantile(milliseconds, 0.5), unit: 'ms', target: null },
      note: `p99 ${quantile(milliseconds, 0.99).toFixed(1)} ms`,
    },
    {
      ...{ name: 'batches closed, one at a time', value: (closed.files * 1000) / closed.elapsed, unit: '/s' },
      ...{ note: `${closed.files} files of ${SUBSCRIPTIONS} subscriptions, ${all} mutations`, target: null },
    },
  ];
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
    const figures = await measure(store, await sql.server());
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
