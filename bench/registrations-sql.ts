import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createConnection, type RowDataPacket } from 'mysql2/promise';

export type Value = string | number | null;
/** Plain SQL on a connection of its own, for what would take hours through the store. */
export type Sql = {
  readonly insert: (table: string, columns: readonly string[], rows: readonly Value[][]) => Promise<void>;
  readonly begin: () => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly explain: (statement: string, values: readonly Value[]) => Promise<string>;
  /** The server's process, when it can be looked at from here. */
  readonly server: () => Promise<number | null>;
  readonly close: () => Promise<void>;
};

export const sqliteSql = (path: string): Sql => {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000');
  return {
    insert: async (table, columns, rows) => {
      const row = `(${columns.map(() => '?').join(', ')})`;
      const all = rows.map(() => row).join(', ');
      database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${all}`).run(...rows.flat());
    },
    begin: async () => database.exec('BEGIN'),
    commit: async () => database.exec('COMMIT'),
    explain: async (statement, parameters) => {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${statement}`).all(...parameters);
      return plan.map(({ detail }) => String(detail)).join('; ');
    },
    server: async () => null,
    close: async () => database.close(),
  };
};

export const mysqlSql = async (uri: string): Promise<Sql> => {
  const connection = await createConnection({ uri });
  await connection.query('SET SESSION foreign_key_checks = 0, unique_checks = 0');
  const rowsOf = async (statement: string, parameters: readonly Value[]) =>
    (await connection.query<RowDataPacket[]>(statement, [...parameters]))[0];
  return {
    insert: async (table, columns, rows) =>
      void (await connection.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ?`, [rows])),
    begin: () => connection.beginTransaction(),
    commit: () => connection.commit(),
    explain: async (statement, parameters) => {
      const plan = await rowsOf(`EXPLAIN ${statement}`, parameters);
      return plan.map(({ type, key, rows }) => `${type} by index ${key}, ${rows} row(s) expected`).join('; ');
    },
    server: async () => {
      const [row] = await rowsOf('SELECT @@pid_file AS file', []);
      const file = String(row?.file);
      const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
      return existsSync(`/proc/${pid}/task`) ? pid : null;
    },
    close: () => connection.end(),
  };
};
