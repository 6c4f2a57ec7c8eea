/**
 * `node bench/registrations.ts`: what the store adds to a question when the repertory is large: registration check,
 * grant look-up and audit insert, and what a registration itself costs. In SQLite, and in MariaDB when
 * KRUISPUNT_TEST_MYSQL_URL names a server (a database is made there, and dropped).
 *
 *   --rows N   how many registrations to fill it with (1,000,000)
 *   --only K   `sqlite` or `mysql`
 *   --json     the figures as JSON
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { ExchangeRecord } from '../src/exchange/audit.ts';
import { systemClock } from '../src/exchange/clock.ts';
import { keepRepertory } from '../src/registers/repertory.ts';
import { openStore, type Store } from '../src/store/connection.ts';
import { registeredIn, registeredInAny } from '../src/store/registered-sql.ts';
import { mysqlDatabase, sqliteDatabase } from '../test/support/database.ts';
import { keys } from '../test/support/subject-keys.ts';
import { cpuMicros, loadNow, machine } from './cpu.ts';
import { quantile } from './numbers.ts';
import { CAPACITIES, fill, GRANTS_EACH, lineAt, PARTIES, TODAY } from './registrations-fill.ts';
import { mysqlSql, type Sql, sqliteSql } from './registrations-sql.ts';
import { asText, type Figure, isMet } from './report.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' } },
});
const options = z
  .object({
    rows: z.coerce.number().int().positive().default(1_000_000),
    only: z.enum(['sqlite', 'mysql']).nullable().default(null),
    json: z.boolean().default(false),
  })
  .parse(values);
const tell = (line: string) => console.error(line);

const AT_ONCE = 16;
/** Checks a second: more questions than one process can answer, or a share of what a slow database manages. */
const MOST_ASKED = 1000;
const SHARE_OF_TOP = 0.7;
const anyLine = () => lineAt(randomInt(options.rows));

type Times = {
  readonly milliseconds: readonly number[];
  readonly cpu: number;
  readonly serverCpu: number;
  readonly elapsed: number;
};

/** `cpu` and `serverCpu`: microseconds of this process, and of the server's, a call. */
const time = async (
  count: number,
  atOnce: number,
  server: number | null,
  call: () => Promise<unknown>,
): Promise<Times> => {
  const milliseconds: number[] = [];
  const serverBefore = server === null ? 0 : cpuMicros(server);
  const before = process.cpuUsage();
  const start = performance.now();
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      await call();
      milliseconds.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const serverCpu = server === null ? Number.NaN : (cpuMicros(server) - serverBefore) / count;
  return { milliseconds, cpu: (user + system) / count, serverCpu, elapsed };
};

/** Calls at an even pace, whether or not the ones before have been answered; from when each was due, in milliseconds. */
const pace = async (
  count: number,
  rate: number,
  call: () => Promise<unknown>,
): Promise<readonly number[]> => {
  const start = performance.now();
  const pending: Promise<number>[] = [];
  const measured = async (due: number) => {
    await call();
    return performance.now() - due;
  };
  while (pending.length < count) {
    for (let due = start; pending.length < count; ) {
      due = start + (pending.length * 1000) / rate;
      if (due > performance.now()) break;
      pending.push(measured(due));
    }
    await pause(1);
  }
  return Promise.all(pending);
};

const exchange = (): ExchangeRecord => {
  const { subject, partyId, hoedanigheid } = anyLine();
  return {
    ...{ id: randomUUID(), receivedAt: new Date(), duration: 12.5, remoteAddress: '192.0.2.7' },
    ...{ service: 'Service7', version: '02.00', party: `Party ${partyId}`, hoedanigheid },
    certificate: { subject: `CN=Party ${partyId},O=Bench`, fingerprint: 'ab'.repeat(32) },
    ...{ uri: `http://example.test/${partyId}`, endUser: null, reference: randomUUID(), subjects: [subject] },
    ...{ grantId: 7, legalBasis: 'Decreet artikel 3', outcome: 'answered', level: null, code: null },
    stages: ['parse', 'validate', 'verify', 'authorise', 'answer', 'sign'].map((stage) => ({ stage, ms: 1 })),
    ...{ reason: null, sources: [{ source: 'register', ms: 8, outcome: 'answered' }], filtered: [] },
    ...{ digestIn: '01'.repeat(32), digestOut: '02'.repeat(32) },
  };
};

/** Half of the checks find a registration; the others are of a party that has none on this person. */
const checkOne = async (store: Store) => {
  const { partyId, hoedanigheid, subject } = anyLine();
  const is = randomInt(2) === 1;
  const found = await store.isRegistered(is ? partyId : PARTIES + 1, hoedanigheid, subject, TODAY);
  if (found !== is) throw new Error(`${subject.number} was found ${found} for party ${partyId}`);
};

const grantOne = async (store: Store, at: Date) => {
  const { partyId, hoedanigheid } = anyLine();
  const uri = `http://example.test/${partyId}`;
  const service = `Service${randomInt(GRANTS_EACH)}`;
  if (!store.grantFor({ partyId, uri, hoedanigheid, service, version: '02.00', at }))
    throw new Error('no grant');
};

const changeOne = (store: Store) => {
  const { register, unregister } = keepRepertory(store);
  const by = { operator: 'bench' };
  return async () => {
    const line = anyLine();
    if (randomInt(2) === 1) await register({ ...line, end: '2030-06-30' }, by);
    else await unregister({ ...line, begin: '2026-02-01', end: '2026-02-28' }, by);
  };
};

const serverToo = (micros: number) =>
  Number.isNaN(micros) ? '' : `and ${micros.toFixed(0)} µs of the server`;

const figures = async (name: string, store: Store, sql: Sql): Promise<readonly Figure[]> => {
  const server = await sql.server();
  const figure = (what: string, value: number, unit: string, target: Figure['target'] = null, note = '') => ({
    ...{ name: `${name}: ${what}`, value, unit, target, note },
  });
  const all = (what: string, { milliseconds, cpu, serverCpu }: Times, most: number | null) => [
    figure(`${what}, p50`, quantile(milliseconds, 0.5), 'ms'),
    figure(`${what}, p99`, quantile(milliseconds, 0.99), 'ms', most === null ? null : { most }),
    figure(`${what}, CPU`, cpu, 'µs', null, serverToo(serverCpu)),
  ];
  await time(3000, AT_ONCE, null, () => checkOne(store)); // to warm up the code; most rows stay unread
  const check = await time(20_000, 1, server, () => checkOne(store));
  const checks = await time(20_000, AT_ONCE, server, () => checkOne(store));
  const rate = Math.min(
    MOST_ASKED,
    Math.floor((SHARE_OF_TOP * checks.milliseconds.length * 1000) / checks.elapsed),
  );
  const paced = await pace(rate * 6, rate, () => checkOne(store));
  const at = new Date(`${TODAY}T12:00:00Z`);
  const grant = await time(100_000, 1, null, () => grantOne(store, at));
  await time(2000, AT_ONCE, null, () => store.record(exchange()));
  const audit = await time(10_000, AT_ONCE, server, () => store.record(exchange()));
  const change = await time(2000, AT_ONCE, server, changeOne(store));
  const together = (checks.cpu + grant.cpu + audit.cpu) / 1000;
  return [
    ...all('check, one at a time', check, 5),
    ...all(`check, ${AT_ONCE} at a time`, checks, null),
    figure(`check, ${rate}/s, p50`, quantile(paced, 0.5), 'ms'),
    figure(`check, ${rate}/s, p99`, quantile(paced, 0.99), 'ms', { most: 5 }),
    figure('grant look-up, CPU', grant.cpu, 'µs', null, `${PARTIES * GRANTS_EACH} grants`),
    ...all(`audit, ${AT_ONCE} at a time`, audit, null),
    figure(
      'check + grant + audit, CPU',
      together,
      'ms',
      { most: 0.4 },
      serverToo(checks.serverCpu + audit.serverCpu),
    ),
    ...all(`register or unregister, ${AT_ONCE} at a time`, change, null),
  ];
};

const bench = async (kind: 'sqlite' | 'mysql'): Promise<readonly Figure[]> => {
  const name = kind === 'sqlite' ? 'SQLite' : 'MariaDB';
  const database = await (kind === 'sqlite' ? sqliteDatabase() : mysqlDatabase());
  try {
    await (await openStore(database.url, { clock: systemClock, keys })).close(); // makes the tables
    const sql =
      kind === 'sqlite' ? sqliteSql(database.url.slice('sqlite:'.length)) : await mysqlSql(database.url);
    const began = performance.now();
    await fill(sql, options.rows, tell);
    tell(`${name}: filled with ${options.rows} in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    const { kind: kindOf, number } = lineAt(0).subject;
    const parameters = [kindOf, number, 1, TODAY, TODAY];
    const plans = [
      await sql.explain(registeredInAny, parameters),
      await sql.explain(registeredIn, [...parameters, CAPACITIES[0] ?? '']),
    ];
    for (const plan of plans) {
      tell(`${name}: check: ${plan}`);
      if (!plan.includes('registration_subject')) throw new Error('the check does not use its index');
    }
    const store = await openStore(database.url, { clock: systemClock, keys });
    try {
      return await figures(name, store, sql);
    } finally {
      await store.close();
      await sql.close();
    }
  } finally {
    await database.remove();
  }
};

const loadBefore = loadNow();
const measured: Figure[] = [];
if (options.only !== 'mysql') measured.push(...(await bench('sqlite')));
if (options.only === 'mysql' || (options.only === null && process.env.KRUISPUNT_TEST_MYSQL_URL)) {
  measured.push(...(await bench('mysql')));
}
const at = `${new Date().toISOString().slice(0, 16)}, ${options.rows} registrations`;
const report = { at, machine: machine(), load: [loadBefore, loadNow()], figures: measured } as const;
console.log(options.json ? JSON.stringify(report, null, 2) : asText(report));
if (report.figures.some((each) => isMet(each) === false)) process.exitCode = 1;
