import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after } from 'node:test';
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

export type TestDatabase = {
  /** What `openStore` takes. The database is empty: its tables are made by whoever opens it first. */
  readonly url: string;
  /** Plain SQL beside the store, on a connection of its own; null for a statement that returns no rows. */
  readonly sql: (statement: string) => Promise<readonly Record<string, unknown>[]>;
  readonly remove: () => Promise<void>;
};

/** A fresh SQLite file in a folder of its own. */
export const sqliteDatabase = async (): Promise<TestDatabase> => {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-test-'));
  const path = join(folder, 'kruispunt.db');
  return {
    url: `sqlite:${path}`,
    sql: async (statement) => {
      const database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: false });
      try {
        return database.prepare(statement).all();
      } finally {
        database.close();
      }
    },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

const query = async (uri: string, statement: string) => {
  const connection = await createConnection({ uri, connectTimeout: 5000 });
  try {
    const [rows] = await connection.query<RowDataPacket[] | ResultSetHeader>(statement);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await connection.end();
  }
};

/** A fresh database with a name of its own on the server that the test runner started or was given. */
export const mysqlDatabase = async (): Promise<TestDatabase> => {
  const server = process.env.KRUISPUNT_TEST_MYSQL_URL;
  if (!server)
    throw new Error('KRUISPUNT_TEST_MYSQL_URL names no server: start these tests with node test/run.ts');
  const name = `kruispunt_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(`/${name}`, server).href;
  await query(server, `CREATE DATABASE ${name}`);
  return {
    url,
    sql: (statement) => query(url, statement),
    remove: async () => void (await query(server, `DROP DATABASE IF EXISTS ${name}`)),
  };
};

/** Runs one suite of tests against one kind of database, which is removed after the last of them. */
export const withDatabase = async (
  make: () => Promise<TestDatabase>,
  suite: (database: TestDatabase) => void,
): Promise<void> => {
  const database = await make();
  after(() => database.remove());
  suite(database);
};
