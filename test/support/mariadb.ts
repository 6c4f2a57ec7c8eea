import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { freePort, newFolder, type OwnServer, programOf, startServer } from './own-server.ts';

/** A MariaDB that a test may take down and bring back, which the one that all tests share must never be. */
export type Mariadb = OwnServer & {
  /** Of the server, without a database. */
  readonly url: string;
  /** Makes an empty database and gives the URL of it. */
  readonly createDatabase: (name: string) => Promise<string>;
  readonly sql: (url: string, statement: string) => Promise<readonly RowDataPacket[]>;
};

const run = promisify(execFile);

const query = async (uri: string, statement: string): Promise<readonly RowDataPacket[]> => {
  const connection = await createConnection({ uri, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query<RowDataPacket[] | ResultSetHeader>(statement);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await connection.end();
  }
};

const answers = async (uri: string): Promise<boolean> => {
  try {
    await (await createConnection({ uri, connectTimeout: 1000 })).end();
    return true;
  } catch {
    return false;
  }
};

/** Starts a MariaDB of the caller's own, with data of its own, reachable from this machine only. */
export async function startMariadb(): Promise<Mariadb> {
  const [program, install] = [programOf('mariadbd', 'mysqld'), programOf('mariadb-install-db')];
  const folder = newFolder('mariadb');
  const [log, init] = [join(folder, 'log'), join(folder, 'init.sql')];
  // Not the machine's own: what a server that was killed left there stands in the way of the next with its process id.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const data = ['--no-defaults', `--datadir=${join(folder, 'data')}`, `--tmpdir=${temporary}`];
  if (process.getuid?.() === 0) data.push('--user=root');
  const password = randomBytes(12).toString('hex');
  const account = "'kruispunt'@'127.0.0.1'";
  // Read at every start, hence the IF NOT EXISTS.
  const sql = [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO ${account};\n`,
  ].join('\n');
  const port = await freePort();
  const url = `mysql://kruispunt:${password}@127.0.0.1:${port}/`;
  const args = [
    ...[...data, `--init-file=${init}`, `--socket=${join(folder, 'socket')}`, `--log-error=${log}`],
    ...['--bind-address=127.0.0.1', `--port=${port}`, `--pid-file=${join(folder, 'pid')}`],
    ...['--skip-name-resolve', '--max-connections=400', '--innodb-buffer-pool-size=64M'],
  ];
  try {
    await run(install, [...data, '--skip-test-db', '--auth-root-authentication-method=normal']);
    writeFileSync(init, sql, { mode: 0o600 });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  }
  const isUp = () => answers(url);
  const server = await startServer({ name: 'MariaDB', folder, program, args, log, isUp });
  const createDatabase = async (name: string) => {
    await query(url, `CREATE DATABASE ${name}`);
    return new URL(name, url).href;
  };
  return { ...server, url, createDatabase, sql: query };
}
