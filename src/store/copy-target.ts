import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { DataSource } from 'typeorm';
import { noKeys } from '../exchange/subject-keys.ts';
import { migrate, migrations } from './migrate.ts';
import { connectMysql, HALF_COPY, migrationLock, mysqlServer, refuseLenientServer } from './mysql-migrate.ts';
import { PATIENCE } from './mysql-pool.ts';
import { SqliteDriver } from './sqlite-driver.ts';
import { tables } from './tables/all.ts';

export type CopyTarget = {
  /** Column -> its type on the server, for each table. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly insert: (statement: string, values: readonly (string | number | Buffer | null)[]) => Promise<void>;
  readonly query: (statement: string) => Promise<readonly RowDataPacket[]>;
  /** From here on the copy counts as whole. */
  readonly declareWhole: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Makes the tables in an empty database on a server, and keeps every other process away from it until it is closed. What
 * a copy that was cut off left there is removed.
 *
 * @throws Error that says what is in the database when it is not empty, and who is connected when it is in use
 */
export async function openCopyTarget(url: URL): Promise<CopyTarget> {
  const { database, ...server } = mysqlServer(url);
  const connection = await createConnection({ ...server, database, connectTimeout: PATIENCE, timezone: 'Z' });
  connection.on('error', () => {}); // the statement under way, or the next, says it
  try {
    // The mode is ours, so that neither a backslash nor an id 0 means something else on one server than on another.
    await connection.query(
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', foreign_key_checks = 0",
    );
    const [lock] = await rows(connection, 'SELECT GET_LOCK(?, ?) AS held', [
      migrationLock(database),
      PATIENCE / 1000,
    ]);
    if (Number(lock?.held) !== 1)
      throw new Error('another process is migrating this database, or copies into it');
    await refuseInUse(connection, database);
    const fresh = await freshRows();
    await demandEmpty(connection, fresh);
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${HALF_COPY} (begun_at DATETIME NOT NULL DEFAULT UTC_TIMESTAMP()) ENGINE=InnoDB`,
    );
    await truncate(connection, fresh); // first, for a migration may not be able to do with half of the rows
    await makeTables(url);
    await truncate(connection, fresh); // what migrations write, the source has too, and newer
    return {
      columns: await columnsOf(connection, fresh),
      insert: async (statement, values) => void (await connection.execute(statement, [...values])),
      query: (statement) => rows(connection, statement),
      declareWhole: async () => void (await connection.query(`DROP TABLE ${HALF_COPY}`)),
      close: () => connection.end(),
    };
  } catch (cause) {
    connection.destroy();
    throw cause;
  }
}

async function rows(connection: Connection, statement: string, values: readonly (string | number)[] = []) {
  const [found] = await connection.query<RowDataPacket[] | ResultSetHeader>(statement, [...values]);
  return Array.isArray(found) ? found : [];
}

/** A process that was killed a moment ago is still seen for a while. */
async function refuseInUse(connection: Connection, database: string): Promise<void> {
  for (const until = performance.now() + PATIENCE; ; await pause(100)) {
    const others = (await rows(connection, 'SHOW PROCESSLIST')).filter(
      ({ db, Id }) => db === database && Id !== connection.threadId,
    );
    if (others.length === 0) return;
    if (performance.now() < until) continue;
    const list = others.map(({ User, Host }) => `${User} from ${Host}`).join(', ');
    throw new Error(
      `the database to copy into is in use by ${list}: stop the bus, and everything else that is connected`,
    );
  }
}

const names = async (connection: Connection) =>
  (
    await rows(
      connection,
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name',
    )
  ).map(({ name }) => String(name));

type FreshRows = ReadonlyMap<string, number>;

/** That somebody made the tables of an empty database is written down in it. */
const NO_MIGRATION = " WHERE object_kind <> 'act' OR object_name <> 'migrate'";

/** Nothing that anybody wrote is ever removed, except by a copy that says of itself that it is not whole. */
async function demandEmpty(connection: Connection, fresh: FreshRows): Promise<void> {
  const there = await names(connection);
  const full: string[] = [];
  for (const name of there.filter((each) => each !== 'migrations' && each !== HALF_COPY)) {
    if (name === 'audit_key') continue; // the id of a key with which, where all else is empty, nothing is sealed
    const own = fresh.get(name);
    if (own === undefined) full.push(`${name} (not a table of ours)`);
    else if (!there.includes(HALF_COPY)) {
      const used = name === 'change_log' ? NO_MIGRATION : '';
      const [count] = await rows(connection, `SELECT COUNT(*) AS found FROM \`${name}\`${used}`);
      if (Number(count?.found) > own) full.push(`${name} (${count?.found})`);
    }
  }
  if (full.length === 0) return;
  throw new Error(
    `the database to copy into is not empty: ${full.join(', ')}. Make an empty one, and name that`,
  );
}

/** How many rows each table has when nobody has used the database: migrations themselves write a few. */
async function freshRows(): Promise<FreshRows> {
  const memory = await new DataSource({
    ...{ type: 'better-sqlite3', database: ':memory:', driver: SqliteDriver, logging: false },
    ...{ entities: tables, migrations },
  }).initialize();
  try {
    await migrate(memory, memory.createQueryRunner(), noKeys);
    const made: { readonly name: string }[] = await memory.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    );
    const counts = made.map(async ({ name }): Promise<[string, number]> => {
      const [count] = await memory.query(`SELECT COUNT(*) AS found FROM "${name}"`);
      return [name, Number(count?.found)];
    });
    return new Map(await Promise.all(counts));
  } finally {
    await memory.destroy();
  }
}

async function makeTables(url: URL): Promise<void> {
  const dataSource = await connectMysql(url);
  try {
    await refuseLenientServer(dataSource);
    await migrate(dataSource, dataSource.createQueryRunner(), noKeys);
  } finally {
    await dataSource.destroy();
  }
}

async function truncate(connection: Connection, fresh: FreshRows): Promise<void> {
  for (const name of await names(connection))
    if (fresh.has(name) && name !== 'migrations') await connection.query(`TRUNCATE TABLE \`${name}\``);
}

async function columnsOf(connection: Connection, fresh: FreshRows) {
  const found = await rows(
    connection,
    'SELECT table_name AS name, column_name AS field, data_type AS type FROM information_schema.columns ' +
      'WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position',
  );
  const columns = new Map<string, Map<string, string>>();
  for (const { name, field, type } of found) {
    const own = columns.get(String(name)) ?? new Map<string, string>();
    columns.set(String(name), own.set(String(field), String(type).toLowerCase()));
  }
  return new Map([...columns].filter(([name]) => fresh.has(name) && name !== 'migrations'));
}
