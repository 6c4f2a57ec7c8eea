/**
 * `node bench/publication-file.ts`: what a publication file costs: read from a database (the embedded one), filtered, held
 * against its schema, written, synced and given its voucher, by a process that does nothing else. Each format once
 * with everything shown and once with a third of it; at the end each file is held against what was said of it.
 *
 *   --records N   how many changes are in the file (1,000,000)
 *   --only F      `xml` or `csv`
 *   --mysql       from MariaDB (KRUISPUNT_TEST_MYSQL_URL names a server; a database is made there, and dropped)
 *   --json        the figures as JSON
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../src/exchange/clock.ts';
import type { FileFormat } from '../src/exchange/publication.ts';
import { mediaTypes } from '../src/exchange/voucher.ts';
import { checkFileAgainstVoucher } from '../src/files/check-file.ts';
import { openStore } from '../src/store/connection.ts';
import { closedFile, record } from '../test/publication/records.ts';
import { issue } from '../test/support/certificates.ts';
import { mysqlDatabase, sqliteDatabase } from '../test/support/database.ts';
import { startChild } from './child.ts';
import { loadNow, machine } from './cpu.ts';
import { fileJob, fileResult } from './publication-file-job.ts';
import { mysqlSql, type Sql, sqliteSql } from './registrations-sql.ts';
import { asText, type Figure, isMet } from './report.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'boolean' },
    mysql: { type: 'boolean' },
  },
});
const options = z
  .object({
    records: z.coerce.number().int().positive().default(1_000_000),
    only: z.enum(['xml', 'csv']).nullable().default(null),
    json: z.boolean().default(false),
    mysql: z.boolean().default(false),
  })
  .parse(values);

const ROWS_A_STATEMENT = 1000;
const SUBSCRIPTION = 1;
const MOMENT = '2026-03-02 02:00:00.000';
const THIRD = ['INSZ', 'Naam/**'];

/** So many changes, each in every file. */
async function fill(
  sql: Sql,
  formats: readonly { readonly format: FileFormat; readonly visible: readonly string[] }[],
) {
  const mutation = [
    ...['id', 'author_party_id', 'reference', 'publication', 'version', 'subject_kind', 'subject_number'],
    ...['occurred_on', 'mutation_type', 'content', 'digest', 'accepted_at'],
  ];
  await sql.begin();
  for (let done = 0; done < options.records; done += ROWS_A_STATEMENT) {
    const ids = Array.from(
      { length: Math.min(ROWS_A_STATEMENT, options.records - done) },
      (_, at) => done + at + 1,
    );
    const rows = ids.map((id) => {
      const { reference, occurredOn, type, content } = record(id);
      const { publication, version } = closedFile;
      const who = ['person', content.slice(content.indexOf('<INSZ>') + 6).slice(0, 11)];
      return [id, 2, reference, publication, version, ...who, occurredOn, type, content, '', MOMENT];
    });
    await sql.insert('mutation', mutation, rows);
    for (const index of formats.keys())
      await sql.insert(
        'delivery',
        ['subscription_id', 'mutation_id', 'file_id'],
        ids.map((id) => [SUBSCRIPTION + index, id, index + 1]),
      );
  }
  const file = [
    ...[
      'id',
      'subscription_id',
      'party_id',
      'publication',
      'version',
      'sequence',
      'uri',
      'hoedanigheid',
      'state',
    ],
    ...[
      'kind',
      'cut_off',
      'name',
      'voucher_id',
      'format',
      'visible_paths',
      'grant_id',
      'legal_basis',
      'attempts',
    ],
    ...['closed_at', 'expires_at'],
  ];
  const rows = formats.map(({ format, visible }, index) => [
    ...[index + 1, SUBSCRIPTION + index, 3, closedFile.publication, closedFile.version, index + 1],
    ...[closedFile.uri, closedFile.hoedanigheid, 'closed', 'mutations', MOMENT, `bench-${index}.${format}`],
    ...[closedFile.voucherId, format, JSON.stringify(visible), 1, 'Decreet A', 0, MOMENT, MOMENT],
  ]);
  await sql.insert('publication_file', file, rows);
  await sql.commit();
}

const all = [
  { name: 'XML, everything shown', format: 'xml', visible: ['**'] },
  { name: 'XML, INSZ and name shown', format: 'xml', visible: THIRD },
  { name: 'CSV, everything shown', format: 'csv', visible: ['**'] },
  { name: 'CSV, INSZ and name shown', format: 'csv', visible: THIRD },
] as const;
const cases = all.filter(({ format }) => options.only === null || format === options.only);

const loadBefore = loadNow();
const folder = mkdtempSync(join(tmpdir(), 'kruispunt-bench-'));
const database = options.mysql ? await mysqlDatabase() : await sqliteDatabase();
const figures: Figure[] = [];
try {
  await (await openStore(database.url, { clock: systemClock })).close(); // makes the tables
  const sql = options.mysql ? await mysqlSql(database.url) : sqliteSql(database.url.slice('sqlite:'.length));
  await fill(sql, cases);
  await sql.close();
  console.error(`filled with ${options.records} changes`);
  const { privateKey, certificate } = await issue(undefined, 'bench');
  for (const [index, { name, format }] of cases.entries()) {
    const child = startChild('publication-file-job.ts');
    const job = fileJob.parse({ database: database.url, folder, fileId: index + 1, privateKey, certificate });
    const { seconds, cpuSeconds, records, size, sha256, idle, peak } = await child.ask(job, fileResult);
    await child.stop();
    const path = join(folder, 'p3', 'Publicaties', `bench-${index}.${format}`);
    const said = { name, mediaType: mediaTypes[format], size, sha256, records, part: 1, parts: 1 };
    const wrong = await checkFileAgainstVoucher(path, said, { name: 'Onderwerp', depth: 4 });
    if (wrong.length > 0 || records !== options.records)
      throw new Error(`${records} records were written\n${wrong.join('\n')}`);
    rmSync(path);
    const cpu = `${cpuSeconds.toFixed(1)} s CPU, ${((cpuSeconds * 1e6) / records).toFixed(1)} µs a record`;
    const note = `${Math.round(size / 1e6)} MB; ${cpu}`;
    figures.push(
      { name, value: seconds, unit: 's', note, target: { most: 120 } },
      {
        name: '  peak RSS',
        value: peak,
        unit: 'MB',
        note: `${idle.toFixed(0)} MB before`,
        target: { most: 300 },
      },
    );
  }
} finally {
  await database.remove();
  rmSync(folder, { recursive: true });
}
const at = `${new Date().toISOString().slice(0, 16)}, ${options.mysql ? 'MariaDB' : 'embedded'}, ${options.records} records`;
const report = { at, machine: machine(), load: [loadBefore, loadNow()], figures } as const;
console.log(options.json ? JSON.stringify(report, null, 2) : asText(report));
if (figures.some((each) => isMet(each) === false)) process.exitCode = 1;
