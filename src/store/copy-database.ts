import { type CopiedTable, type CopySource, type Kept, openCopySource } from './copy-source.ts';
import { type CopyTarget, openCopyTarget } from './copy-target.ts';

/** Rows of one statement and of one commit; the first also ends at that many characters. */
const ROWS_AT_ONCE = 256;
const CHARACTERS_AT_ONCE = 1_000_000;
const ROWS_A_COMMIT = 4_096;

export type CopyProgress = { readonly table: string; readonly copied: number; readonly rows: number };

type Sent = string | number | Buffer | null;

/**
 * Copies a whole embedded database into an empty one on a server: every table, ids and what ids come next included. In
 * memory there is never more than one statement's rows. Until the last row is there and counted, no bus starts on the
 * copy; a copy that was cut off is begun anew by copying again.
 *
 * @param path the SQLite file; nothing may have it open, and nothing in it is changed
 * @param progress called after each commit
 * @returns the number of rows of each table
 * @throws Error that says what stands in the way
 */
export async function copyDatabase(
  path: string,
  url: URL,
  progress: (progress: CopyProgress) => void,
): Promise<readonly { readonly table: string; readonly rows: number }[]> {
  const source = openCopySource(path);
  try {
    const target = await openCopyTarget(url);
    try {
      demandSameTables(source, target);
      for (const table of source.tables) await copyTable(source, target, table, progress);
      for (const table of source.tables) await compare(target, table);
      await target.declareWhole();
      return source.tables.map(({ name, rows }) => ({ table: name, rows }));
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

/** Both are at the same version, so a difference is a migration's mistake; nothing is copied by halves for it. */
function demandSameTables({ tables }: CopySource, { columns }: CopyTarget): void {
  const list = (entries: readonly (readonly [string, readonly string[]])[]) =>
    entries.map(([name, fields]) => `${name}(${fields.toSorted().join(', ')})`).toSorted();
  const here = list(tables.map(({ name, columns }) => [name, columns]));
  const there = list([...columns].map(([name, fields]) => [name, [...fields.keys()]]));
  const lacking = here.filter((table) => !there.includes(table));
  const extra = there.filter((table) => !here.includes(table));
  if (lacking.length + extra.length > 0)
    throw new Error(`the two databases differ in their tables: ${[...lacking, ...extra].join('; ')}`);
}

async function copyTable(
  source: CopySource,
  target: CopyTarget,
  table: CopiedTable,
  progress: (progress: CopyProgress) => void,
): Promise<void> {
  const types = table.columns.map((column) => target.columns.get(table.name)?.get(column) ?? '');
  const tell = (copied: number) => progress({ table: table.name, copied, rows: table.rows });
  let [copied, committed] = [0, 0];
  tell(0);
  await target.query('START TRANSACTION');
  for (const batch of batches(source.rowsOf(table), types)) {
    await insertAll(target, table, batch, copied);
    copied += batch.length;
    if (copied - committed < ROWS_A_COMMIT) continue;
    await target.query('COMMIT');
    await target.query('START TRANSACTION');
    committed = copied;
    tell(copied);
  }
  await target.query('COMMIT');
  // Explicit ids move the server's own counter only to the highest that still exists.
  if (table.lastId !== null)
    await target.query(`ALTER TABLE \`${table.name}\` AUTO_INCREMENT = ${table.lastId + 1n}`);
  if (copied > committed) tell(copied);
}

function* batches(rows: Iterable<readonly Kept[]>, types: readonly string[]): Iterable<readonly Sent[][]> {
  let batch: Sent[][] = [];
  let characters = 0;
  for (const row of rows) {
    const values = row.map((value, index) => sent(value, types[index] ?? ''));
    batch.push(values);
    for (const value of values) characters += typeof value === 'number' ? 8 : (value?.length ?? 0);
    if (batch.length < ROWS_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Statements of 1, 2, 4 … rows only, so that the server keeps a handful prepared. */
async function insertAll(
  target: CopyTarget,
  { name, columns }: CopiedTable,
  batch: readonly (readonly Sent[])[],
  before: number,
): Promise<void> {
  const list = columns.map((column) => `\`${column}\``).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  for (let done = 0; done < batch.length; ) {
    const count = 2 ** Math.floor(Math.log2(batch.length - done));
    const statement = `INSERT INTO \`${name}\` (${list}) VALUES ${Array(count).fill(row).join(', ')}`;
    await target.insert(statement, batch.slice(done, done + count).flat()).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const rows = `rows ${before + done + 1} to ${before + done + count}`;
      throw new Error(`table ${name}, ${rows} in the order of the source: ${reason}`, { cause });
    });
    done += count;
  }
}

/** A value as the server takes it for a column of that type; both engines keep moments in UTC. */
export function sent(value: Kept, type: string): Sent {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'bigint') return value.toString(); // a number would be sent as a double
  if (typeof value === 'string' && (type === 'datetime' || type === 'timestamp'))
    return value.replace('T', ' ').replace(/Z$/, '');
  return value;
}

async function compare(target: CopyTarget, { name, rows }: CopiedTable): Promise<void> {
  const [count] = await target.query(`SELECT COUNT(*) AS found FROM \`${name}\``);
  if (Number(count?.found) !== rows)
    throw new Error(`table ${name} has ${rows} rows in the source and ${count?.found} in the copy`);
}
