import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrate.ts';
import { sqliteCode } from './sqlite-busy.ts';

const BUSY = 5;
/** How long a process that just ends may take to let go of the file. */
const PATIENCE = 1_000;

export type CopiedTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** The highest id that was ever given out, also when that row is gone; null where ids are not counted. */
  readonly lastId: bigint | null;
};

/** What SQLite keeps in a column. Whole numbers are bigints, for they may be larger than a number is exact. */
export type Kept = string | number | bigint | Uint8Array | null;

export type CopySource = {
  readonly tables: readonly CopiedTable[];
  /** One row after the other, its values in the order of `columns`; no more than one is in memory. */
  readonly rowsOf: (table: CopiedTable) => Iterable<readonly Kept[]>;
  readonly close: () => void;
};

/**
 * Opens an embedded database to be copied. Until it is closed no other process can open it, and nothing here can write:
 * what a bus would add while it is copied would be lost.
 *
 * @throws Error that says what to do, when it is not there, in use, or of another version
 */
export function openCopySource(path: string): CopySource {
  if (!existsSync(path)) throw new Error(`there is no database ${path}`);
  const database = new DatabaseSync(path, { timeout: PATIENCE });
  try {
    lock(database, path);
    demandThisVersion(database, path);
    demandSound(database, path);
    const tables = tablesOf(database);
    return { tables, rowsOf: (table) => rowsOf(database, table), close: () => database.close() };
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** Every process that has the file open, idle or not, stands in the way of this lock. */
function lock(database: DatabaseSync, path: string): void {
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA query_only = ON');
  } catch (cause) {
    const reason =
      sqliteCode(cause) === BUSY
        ? 'is in use: stop the bus, and everything else that has it open'
        : `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new Error(`the database ${path} ${reason}`, { cause });
  }
}

function demandThisVersion(database: DatabaseSync, path: string): void {
  const isOurs = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'");
  const done = isOurs.get() ? database.prepare('SELECT name FROM migrations').all() : [];
  const names = new Set(done.map(({ name }) => name));
  if (names.size === migrations.length && migrations.every(({ name }) => names.has(name))) return;
  const advice = `bring it there first, with KRUISPUNT_DATABASE_URL=sqlite:${path} kruispunt migrate`;
  throw new Error(`the database ${path} is not at this version: ${advice}`);
}

/** The server is told not to look at references while rows come in, so they are looked at here. */
function demandSound(database: DatabaseSync, path: string): void {
  const [broken] = database.prepare('PRAGMA foreign_key_check').all();
  if (!broken) return;
  throw new Error(
    `the database ${path} is damaged: a row of ${broken.table} refers to one of ${broken.parent} that is not there`,
  );
}

function tablesOf(database: DatabaseSync): readonly CopiedTable[] {
  const names = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => name !== 'migrations');
  const counted = database.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?');
  counted.setReadBigInts(true);
  return names.sort().map((name) => {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${name}')`).all();
    const [count] = database.prepare(`SELECT COUNT(*) AS rows FROM "${name}"`).all();
    const lastId = counted.get(name)?.seq;
    return {
      name,
      columns: columns.map((column) => String(column.name)),
      rows: Number(count?.rows),
      lastId: typeof lastId === 'bigint' ? lastId : null,
    };
  });
}

function* rowsOf(database: DatabaseSync, { name, columns }: CopiedTable): Iterable<readonly Kept[]> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const statement = database.prepare(`SELECT ${list} FROM "${name}" ORDER BY rowid`);
  statement.setReadBigInts(true);
  for (const row of statement.iterate()) yield Object.values(row);
}
