import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** A MariaDB that a test may take down and bring back, which the one that all tests share must never be. */
export type Mariadb = {
  /** Makes an empty database and gives the URL of it. */
  readonly createDatabase: (name: string) => Promise<string>;
  readonly sql: (url: string, statement: string) => Promise<readonly RowDataPacket[]>;
  /** Ends the server with this signal, and resolves when its process is gone. */
  readonly stop: (signal: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same port and data; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** Stops it for good and leaves nothing behind. */
  readonly remove: () => Promise<void>;
};

const START_WITHIN = 30_000;
const run = promisify(execFile);

const program = (...names: readonly string[]): string => {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
  if (!found) throw new Error(`${names.join(' or ')} is not on the PATH: install mariadb-server`);
  return found;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
};

const query = async (uri: string, statement: string): Promise<readonly RowDataPacket[]> => {
  const connection = await createConnection({ uri, connectTimeout: 5_000 });
  try {
    const [rows] = await connection.query<RowDataPacket[] | ResultSetHeader>(statement);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await connection.end();
  }
};

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Starts a MariaDB of this test's own, with data of its own, reachable from this machine only. */
export async function startMariadb(): Promise<Mariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-e2e-mariadb-'));
  const [log, init] = [join(folder, 'log'), join(folder, 'init.sql')];
  let child: ChildProcess | null = null;
  const atExit = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);

  const data = ['--no-defaults', `--datadir=${join(folder, 'data')}`];
  if (process.getuid?.() === 0) data.push('--user=root');
  const install = [...data, '--skip-test-db', '--auth-root-authentication-method=normal'];
  await run(program('mariadb-install-db'), install);
  const password = randomBytes(12).toString('hex');
  const account = "'kruispunt'@'127.0.0.1'";
  // Read at every start, hence the IF NOT EXISTS.
  const sql = [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO ${account};\n`,
  ].join('\n');
  writeFileSync(init, sql, { mode: 0o600 });
  const port = await freePort();
  const url = `mysql://kruispunt:${password}@127.0.0.1:${port}/`;
  const options = [
    ...[...data, `--init-file=${init}`, `--socket=${join(folder, 'socket')}`, `--log-error=${log}`],
    ...['--bind-address=127.0.0.1', `--port=${port}`, `--pid-file=${join(folder, 'pid')}`],
    ...['--skip-name-resolve', '--max-connections=400', '--innodb-buffer-pool-size=64M'],
  ];

  const start = async () => {
    if (child && !isOver(child)) return;
    // A group of its own: an interrupt at the keyboard must reach the test before its server.
    const started = spawn(program('mariadbd', 'mysqld'), options, { stdio: 'ignore', detached: true });
    child = started;
    for (const until = Date.now() + START_WITHIN; ; await pause(50)) {
      try {
        return void (await query(url, 'SELECT 1'));
      } catch (cause) {
        if (!isOver(started) && Date.now() < until) continue;
        const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
        throw new Error(`MariaDB did not start: ${said}`, { cause });
      }
    }
  };
  const stop = async (signal: NodeJS.Signals) => {
    const stopped = child;
    if (!stopped || isOver(stopped)) return;
    const over = once(stopped, 'exit');
    stopped.kill(signal);
    await over;
  };
  const remove = async () => {
    await stop('SIGKILL');
    process.off('exit', atExit);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (cause) {
    await remove();
    throw cause;
  }
  const createDatabase = async (name: string) => {
    await query(url, `CREATE DATABASE ${name}`);
    return new URL(name, url).href;
  };
  return { createDatabase, sql: query, stop, start, remove };
}
