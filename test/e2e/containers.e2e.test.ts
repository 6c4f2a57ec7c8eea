import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { newKeyLine } from '../../src/audit/key-ring.ts';
import { issue, makeAuthority } from '../support/certificates.ts';
import { mysqlDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { buildInFolder, type Image } from '../support/image.ts';
import { ROOT, temporaryFolder } from '../support/program.ts';

/** What docker/ says, done on this machine: the image's own commands, and the balancer's own settings. */

const run = promisify(execFile);
/** `node` in the image has this number; anybody who is not root stands in for it. */
const NODE = 1000;
const folder = temporaryFolder();
chmodSync(folder, 0o755);
const asRoot = process.getuid?.() === 0;
const somebody = asRoot ? { uid: NODE, gid: NODE } : {};
const children: ChildProcess[] = [];

let image: Image;
let database: TestDatabase;

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

before(async () => {
  image = await buildInFolder(folder);
  database = await mysqlDatabase();
  const authority = await makeAuthority('Authority');
  const bus = await issue(authority, 'Bus');
  const secrets = {
    'database-url': `${database.url}\n`,
    'redis-url': `${process.env.KRUISPUNT_TEST_REDIS_URL}\n`,
    'signing-key': bus.privateKey,
    'signing-certificate': bus.certificate,
    authorities: authority.certificate,
    'audit-keys': newKeyLine(),
  };
  mkdirSync(join(folder, 'secrets'));
  mkdirSync(join(folder, 'var'));
  for (const [name, text] of Object.entries(secrets)) {
    const file = join(folder, 'secrets', name);
    writeFileSync(file, text, { mode: 0o400 });
    if (asRoot) chownSync(file, NODE, NODE);
  }
  if (asRoot) chownSync(join(folder, 'var'), NODE, NODE);
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database?.remove();
});

/** The image's environment, and what compose.yaml adds to it, with this machine's paths. */
const settings = (port: number): Record<string, string> => {
  const secret = (name: string) => join(folder, 'secrets', name);
  return {
    PATH: process.env.PATH ?? '',
    ...image.environment,
    KRUISPUNT_HOST: '127.0.0.1',
    KRUISPUNT_PORT: String(port),
    KRUISPUNT_SFTP_PORT: '0',
    KRUISPUNT_VAR: join(folder, 'var'),
    KRUISPUNT_DATABASE_URL_FILE: secret('database-url'),
    KRUISPUNT_REDIS_URL_FILE: secret('redis-url'),
    KRUISPUNT_SIGNING_KEY: secret('signing-key'),
    KRUISPUNT_SIGNING_CERT: secret('signing-certificate'),
    KRUISPUNT_AUTHORITIES: secret('authorities'),
    KRUISPUNT_AUDIT_KEYS: secret('audit-keys'),
  };
};

const inImage = ([, ...args]: readonly string[], env: Record<string, string>) =>
  spawn(process.execPath, args, { cwd: image.app, env, stdio: ['ignore', 'pipe', 'pipe'], ...somebody });

async function startBus(port: number) {
  const child = inImage(image.command, settings(port));
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  await eventually(
    () => said,
    () => {
      assert.equal(child.exitCode, null, said);
      return said.includes('"listening"');
    },
  );
  return { child, said: () => said };
}

const healthOf = async (port: number) => {
  const [code] = await once(inImage(image.healthCheck, settings(port)), 'exit');
  return code;
};

/** What cannot be asked is not so yet. */
const becomesSo = (what: string, isSo: () => Promise<boolean>) =>
  eventually(what, () => isSo().catch(() => false), 100);

describe('the containers of docker/', { concurrency: false }, () => {
  let ports: readonly number[];
  let buses: readonly Awaited<ReturnType<typeof startBus>>[];

  test('an image has what production needs, compiled by nobody, and runs as one who may not change it', async () => {
    const modules = join(image.app, 'node_modules');
    assert.ok(existsSync(join(modules, 'typeorm')) && existsSync(join(modules, 'bullmq')));
    for (const name of ['typescript', '@biomejs/biome', 'node', 'xsd-schema-validator', 'cpu-features'])
      assert.ok(!existsSync(join(modules, name)), name);
    const { stdout } = await run('find', [modules, '-name', '*.node', '-path', '*build/Release*']);
    assert.equal(stdout, '');
    assert.equal(image.user, 'node');
    assert.equal(image.environment.KRUISPUNT_VAR, image.volume);
  });

  test('buses start by settings and secret files alone, and say that they are healthy', async () => {
    ports = [await freePort(), await freePort()];
    assert.equal(await healthOf(ports[0] ?? 0), 1);
    buses = await Promise.all(ports.map(startBus));
    for (const port of ports) assert.equal(await healthOf(port), 0);
    const ready = await fetch(`http://127.0.0.1:${ports[0]}/health/ready`);
    assert.deepEqual(await ready.json(), { status: 'up', database: 'up', redis: 'up' });
    assert.ok(!buses.some(({ said }) => said().includes('no such setting')));
  });

  test('the balancer asks whichever bus is ready, and is healthy while there is one', async () => {
    const [soap, health] = [await freePort(), await freePort()];
    const servers = ports.map(
      (port, at) => `server bus${at} 127.0.0.1:${port} check inter 200 fall 2 rise 1`,
    );
    const written = readFileSync(join(ROOT, 'docker/haproxy.cfg'), 'utf8')
      .replace(/server-template bus .*/, servers.join('\n  '))
      .replace(/^listen sftp\n(?: .*\n)+/m, '') // asked in its own tests
      .replace('bind :8080', `bind 127.0.0.1:${soap}`)
      .replace('127.0.0.1:8404', `127.0.0.1:${health}`)
      .replace('log stdout format raw local0 info', '');
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, written);
    const balancer = spawn('haproxy', ['-W', '-db', '-f', file], {
      stdio: 'ignore',
      env: { PATH: `${process.env.PATH}:/usr/sbin` },
    });
    children.push(balancer);
    const status = async (port: number, path: string) =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await becomesSo('healthy', async () => (await status(health, '/health')) === 200);
    assert.equal(await status(soap, '/GeefPersoonDienst-02.02/soap/WebService?wsdl'), 200);
    assert.equal(await status(soap, '/metrics'), 404);

    const [first, second] = buses;
    const ended = first ? once(first.child, 'exit') : null;
    first?.child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null], first?.said());
    await becomesSo('the other bus', async () => (await status(soap, '/health/ready')) === 200);
    for (let times = 0; times < 20; times++) assert.equal(await status(soap, '/health/ready'), 200);

    second?.child.kill('SIGTERM');
    await becomesSo('unhealthy', async () => (await status(health, '/health')) === 503);
    const over = once(balancer, 'exit');
    balancer.kill('SIGUSR1');
    assert.deepEqual(await over, [0, null]);
  });
});
