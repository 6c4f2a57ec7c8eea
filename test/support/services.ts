import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { startMariadb } from './mariadb.ts';
import { endServer, type OwnServer, onPath } from './own-server.ts';
import { startRedis } from './redis.ts';

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
    // Installing works with other users, from whom the tests' own folder is kept.
    const { TMPDIR: _, ...environment } = process.env;
    const child = spawn('apt-get', ['-y', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
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

/** A server that lives as long as the tests. */
const shared = (start: () => Promise<OwnServer & { readonly url: string }>) => async (): Promise<Running> => {
  const server = await start();
  return { url: server.url, stop: () => endServer(server) };
};

const hasMariadb = async () =>
  (onPath('mariadbd') ?? onPath('mysqld')) !== null && onPath('mariadb-install-db') !== null;

export const services: readonly Service[] = [
  {
    suffix: 'mysql',
    variable: 'KRUISPUNT_TEST_MYSQL_URL',
    tool: { packages: ['mariadb-server'], isThere: hasMariadb },
    start: shared(startMariadb),
  },
  {
    suffix: 'redis',
    variable: 'KRUISPUNT_TEST_REDIS_URL',
    tool: { packages: ['redis-server'], isThere: async () => onPath('redis-server') !== null },
    start: shared(startRedis),
  },
];
