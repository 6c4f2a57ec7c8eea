import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { settings } from '../src/config.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { refusals } from '../src/exchange/refusal.ts';
import { verbs } from '../src/verbs.ts';

/** What the documents say is held against what the code does, so that neither is changed alone. */

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The cells of every table row that begins with a word in code style. */
const rowsOf = (document: string) =>
  document
    .split('\n')
    .filter((line) => /^\| *`/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const bare = (cell = '') => cell.replaceAll('`', '');

test("lists every setting in the README's table, and no other", () => {
  const rows = rowsOf(read('README.md')).map(([name]) => bare(name));
  const listed = rows.filter((name) => name.startsWith('KRUISPUNT_')).sort();
  assert.deepEqual(listed, Object.keys(settings).sort());
});

test('lists every refusal with its number, level and status, and no other', () => {
  const listed = rowsOf(read('docs/refusals.md'))
    .filter(([, number]) => /^\d+$/.test(number ?? ''))
    .map(([code, number, level]) => [bare(code), number, level]);
  const known = Object.entries(refusals).map(([code, row]) => {
    const status = 'http' in row ? `, HTTP ${row.http}` : '';
    return [code, row.number, `${row.level}${status}`];
  });
  const sorted = (rows: readonly (readonly (string | undefined)[])[]) =>
    rows.map((row) => row.join(' | ')).sort();
  assert.deepEqual(sorted(listed), sorted(known));
});

test('names the stages in the order of the journey', () => {
  const code = [...read('src/journey.ts').matchAll(/^ {4}\.to\((\w+)/gm)].map((match) => match[1]);
  const told = [...read('docs/journey.md').matchAll(/^\d+\. `(\w+)`/gm)].map((match) => match[1]);
  assert.ok(code.length >= 10);
  assert.deepEqual(told, code);
});

test("names publishing's steps in their order", () => {
  const code = [...read('src/publishing.ts').matchAll(/^ {4}queued\(\s*'([\w-]+)'/gm)].map(
    (match) => match[1],
  );
  const told = [...read('docs/publishing.md').matchAll(/^\d+\. `([\w-]+)`/gm)].map((match) => match[1]);
  assert.ok(code.length >= 6);
  assert.deepEqual(told, code);
});

test('names only verbs that exist', () => {
  const documents = ['README.md', ...globSync('docs/**/*.md')].map(read).join('\n');
  const named = [...documents.matchAll(/npx kruispunt ([a-z-]+)/g)].map((match) => match[1] ?? '');
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => !verbs.has(name)),
    [],
  );
});

test('serves every contract that is kept', () => {
  const wsdls = globSync('wsdl/**/*.wsdl');
  assert.ok(wsdls.length > 0);
  assert.deepEqual(
    wsdls.filter((file) => !existsSync(join(dirname(file), 'service.yaml'))),
    [],
  );
  const { services, problems } = loadServices(['wsdl'], ['xsd']);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(services.length, wsdls.length);
});

type Container = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly image: string;
};
type Compose = Readonly<Record<'services', Readonly<Record<string, Container>>>> &
  Readonly<Record<'networks' | 'volumes' | 'secrets', Readonly<Record<string, unknown>>>>;

const compose: Compose = parse(read('docker/compose.yaml'), { merge: true });
const containers = Object.entries(compose.services);

test('sets only settings that exist in the containers', () => {
  const written = `${read('docker/compose.yaml')}${read('docker/Dockerfile')}`;
  const named = [...written.matchAll(/KRUISPUNT_[A-Z_]+/g)].map(([name]) => name);
  assert.ok(named.length > 10);
  assert.deepEqual(
    named.filter((name) => !(name in settings)),
    [],
  );
});

test('gives each container a health check, and starts it when what it needs is healthy', () => {
  for (const [name, container] of containers) {
    // The image of the bus has its own.
    assert.ok(container.healthcheck || container.image === 'kruispunt', `${name} has no health check`);
    for (const [other, { condition }] of Object.entries(container.depends_on ?? {})) {
      assert.ok(other in compose.services, `${name}: ${other}`);
      assert.equal(condition, 'service_healthy', `${name} waits for ${other}`);
    }
  }
});

test('uses only secrets, networks and volumes in containers that compose.yaml declares', () => {
  for (const [name, { secrets = [], networks = [], volumes = [], environment = {} }] of containers) {
    for (const secret of secrets) assert.ok(secret in compose.secrets, `${name}: ${secret}`);
    for (const network of networks) assert.ok(network in compose.networks, `${name}: ${network}`);
    for (const volume of volumes) {
      const [from = ''] = volume.split(':');
      assert.ok(from.startsWith('.') ? existsSync(join('docker', from)) : from in compose.volumes, volume);
    }
    const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
    for (const file of files)
      assert.ok(secrets.includes(file.slice('/run/secrets/'.length)), `${name}: ${file}`);
  }
});
