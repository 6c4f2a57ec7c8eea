import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';

const run = promisify(execFile);

export type Running = { readonly url: string; readonly stop: () => Promise<void> };

/** Something that must run beside the tests whose file name carries its suffix. */
export type Service = {
  /** `mysql` stands for test files named *.mysql.test.ts. */
  readonly suffix: string;
  /** Names a service that runs already, or, for the tests, the one that was started for them. */
  readonly variable: string;
  /** A Debian package and the check that it is there. */
  readonly tool: Tool;
  readonly start: () => Promise<Running>;
};

export type Tool = { readonly packages: readonly string[]; readonly isThere: () => Promise<boolean> };

const onPath = (program: string): string | null =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path)) ?? null;

const prints = async (program: string, args: readonly string[], expected: RegExp) => {
  try {
    return expected.test((await run(program, args)).stdout);
  } catch {
    return false;
  }
};

/** Foreign programs that the tests hold our messages and contracts against. */
export const tools: readonly Tool[] = [
  { packages: ['xmlsec1'], isThere: async () => onPath('xmlsec1') !== null },
  {
    packages: ['python3-zeep'],
    isThere: () => prints('/usr/bin/python3', ['-c', 'import zeep; print(zeep.__version__)'], /\d/),
  },
  {
    packages: ['php-cli', 'php-soap', 'php-xml'],
    isThere: () => prints('php', ['-m'], /^soap$[\s\S]*^xml$/im),
  },
  {
    packages: ['python3-xmlsec'],
    isThere: () => prints('/usr/bin/python3', ['-c', 'import xmlsec; print(xmlsec.__version__)'], /\d/),
  },
  { packages: ['gsoap'], isThere: async () => onPath('wsdl2h') !== null },
  { packages: ['openssh-client'], isThere: async () => onPath('sftp') !== null },
  { packages: ['haproxy'], isThere: async () => onPath('haproxy') !== null },
  { packages: ['curl'], isThere: async () => onPath('curl') !== null },
  { packages: ['default-jre-headless'], isThere: async () => onPath('java') !== null },
  {
    packages: ['libaxis-java', 'libactivation-java'],
    isThere: async () =>
      existsSync('/usr/share/java/axis.jar') && existsSync('/usr/share/java/javax.activation.jar'),
  },
];

const apt = (args: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    const child = spawn('apt-get', ['-y', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`apt-get ${args.join(' ')} ended with ${code}`)),
    );
  });

/** Installs what is missing. Throws when that does not help: a check that cannot be made has not been passed. */
export const ensureTools = async (wanted: readonly Tool[]): Promise<void> => {
  const missing: Tool[] = [];
  for (const tool of wanted) if (!(await tool.isThere())) missing.push(tool);
  if (missing.length === 0) return;
  const packages = missing.flatMap((tool) => tool.packages);
  if (onPath('apt-get') === null)
    throw new Error(`install ${packages.join(' ')} first: there is no apt-get here`);
  console.log(`Installing ${packages.join(' ')}, which the tests need`);
  await apt(['update']);
  await apt(['install', '--no-install-recommends', ...packages]);
  for (const tool of missing) {
    if (!(await tool.isThere()))
      throw new Error(`${tool.packages.join(' ')} was installed but does not work`);
  }
};

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const isOver = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const stopProcess = async (child: ChildProcess) => {
  if (isOver(child)) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await over;
  clearTimeout(kill);
};

const answers = async (uri: string) => {
  try {
    await (await createConnection({ uri, connectTimeout: 1000 })).end();
    return true;
  } catch {
    return false;
  }
};

/** Waits until the server answers; throws with the end of its log when it does not. */
const waitFor = async (child: ChildProcess, url: string, log: string) => {
  for (const until = Date.now() + 60_000; !(await answers(url)); await pause(100)) {
    if (!isOver(child) && Date.now() < until) continue;
    throw new Error(
      `MariaDB did not start: ${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : ''}`,
    );
  }
};

const startMariadb = async (): Promise<Running> => {
  const server = onPath('mariadbd') ?? onPath('mysqld');
  const install = onPath('mariadb-install-db');
  if (server === null || install === null)
    throw new Error('mariadbd or mariadb-install-db is not on the PATH');
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-mariadb-'));
  let child: ChildProcess | null = null;
  const atExit = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const stop = async () => {
    if (child) await stopProcess(child);
    process.off('exit', atExit);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const data = ['--no-defaults', `--datadir=${join(folder, 'data')}`];
    if (process.getuid?.() === 0) data.push('--user=root');
    await run(install, [...data, '--skip-test-db', '--auth-root-authentication-method=normal']);
    const password = randomBytes(12).toString('hex');
    const account = "'kruispunt'@'127.0.0.1'";
    const init = join(folder, 'init.sql');
    const sql = `CREATE USER ${account} IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO ${account};\n`;
    writeFileSync(init, sql, { mode: 0o600 });
    const port = await freePort();
    const log = join(folder, 'log');
    const options = [
      ...[...data, `--init-file=${init}`, `--socket=${join(folder, 'socket')}`, `--log-error=${log}`],
      ...['--bind-address=127.0.0.1', `--port=${port}`, `--pid-file=${join(folder, 'pid')}`],
      ...['--skip-name-resolve', '--max-connections=400', '--innodb-buffer-pool-size=64M'],
    ];
    // A group of its own: an interrupt at the keyboard must reach the tests before their server.
    child = spawn(server, options, { stdio: 'ignore', detached: true });
    const url = `mysql://kruispunt:${password}@127.0.0.1:${port}/`;
    await waitFor(child, url, log);
    return { url, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
};

const startRedis = async (): Promise<Running> => {
  const server = onPath('redis-server');
  if (server === null) throw new Error('redis-server is not on the PATH');
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-redis-'));
  const [port, password, log] = [await freePort(), randomBytes(12).toString('hex'), join(folder, 'log')];
  const config = join(folder, 'redis.conf');
  const settings = [
    ...['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${folder}`, `logfile ${log}`],
    ...['save ""', 'appendonly no', 'databases 16'],
  ];
  writeFileSync(config, `${settings.join('\n')}\n`, { mode: 0o600 });
  // A group of its own, as for MariaDB.
  const child = spawn(server, [config], { stdio: 'ignore', detached: true });
  const atExit = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const stop = async () => {
    await stopProcess(child);
    process.off('exit', atExit);
    rmSync(folder, { recursive: true, force: true });
  };
  for (const until = Date.now() + 30_000; !existsSync(log) || !READY.test(readFileSync(log, 'utf8')); ) {
    if (isOver(child) || Date.now() > until) {
      await stop();
      throw new Error('redis-server did not start');
    }
    await pause(50);
  }
  return { url: `redis://:${password}@127.0.0.1:${port}`, stop };
};

const READY = /Ready to accept connections/;

const hasMariadb = async () =>
  (onPath('mariadbd') ?? onPath('mysqld')) !== null && onPath('mariadb-install-db') !== null;

export const services: readonly Service[] = [
  {
    suffix: 'mysql',
    variable: 'KRUISPUNT_TEST_MYSQL_URL',
    tool: { packages: ['mariadb-server'], isThere: hasMariadb },
    start: startMariadb,
  },
  {
    suffix: 'redis',
    variable: 'KRUISPUNT_TEST_REDIS_URL',
    tool: { packages: ['redis-server'], isThere: async () => onPath('redis-server') !== null },
    start: startRedis,
  },
];
