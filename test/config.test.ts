import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { ConfigurationError, readConfig, settings, unknownSettings } from '../src/config.ts';
import { temporaryFolder } from './support/program.ts';

/** The mistakes that this environment holds, by variable. */
function mistakes(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return error.mistakes;
  }
}
const names = (environment: Record<string, string>) =>
  mistakes(environment).map((mistake) => mistake.split(':')[0]);

test('starts from nothing at all', () => {
  const config = readConfig({});
  assert.deepEqual(
    [config.host, config.port, config.workers, config.logLevel],
    ['127.0.0.1', 8080, 1, 'info'],
  );
  assert.deepEqual([config.wsdlDirs, config.xsdDirs], [[resolve('wsdl')], [resolve('xsd')]]);
  assert.equal(config.var, resolve('var'));
  assert.equal(config.databaseUrl, `sqlite:${resolve('var/kruispunt.db')}`);
  assert.deepEqual(
    [config.demo, config.publicUrl, config.signingKey, config.tlsKey],
    [null, null, null, null],
  );
  assert.deepEqual([config.authorities, config.revocationLists], [[], []]);
  assert.equal(config.maxMessageBytes, 1_048_576);
});

test('takes the defaults that it says it takes', () => {
  const config: Readonly<Record<string, unknown>> = readConfig({});
  const fields = { KRUISPUNT_HOST: 'host', KRUISPUNT_PORT: 'port', KRUISPUNT_SPEAKER: 'speaker' } as const;
  const more = {
    KRUISPUNT_WORKERS: 'workers',
    KRUISPUNT_LOG_LEVEL: 'logLevel',
    KRUISPUNT_MAX_MESSAGE_BYTES: 'maxMessageBytes',
  } as const;
  for (const [name, field] of Object.entries({ ...fields, ...more })) {
    assert.equal(String(config[field]), settings[name as keyof typeof settings].fallback, name);
  }
});

test('takes an empty variable for one that is not set', () => {
  assert.deepEqual(readConfig({ KRUISPUNT_PORT: '', KRUISPUNT_DEMO: '' }), readConfig({}));
});

test('keeps the database below the folder that it was given', () => {
  assert.equal(
    readConfig({ KRUISPUNT_VAR: 'elsewhere' }).databaseUrl,
    `sqlite:${resolve('elsewhere/kruispunt.db')}`,
  );
});

test('reads lists, flags, numbers and addresses', () => {
  const config = readConfig({
    KRUISPUNT_PORT: '0',
    KRUISPUNT_WSDL_DIR: 'a:/b::c',
    KRUISPUNT_DEMO: '0',
    KRUISPUNT_PUBLIC_URL: 'https://bus.example:8443/',
    KRUISPUNT_DATABASE_URL: 'mysql://user:pw@db:3306/kruispunt',
    KRUISPUNT_WORKERS: '4',
  });
  assert.deepEqual([config.port, config.workers, config.demo], [0, 4, false]);
  assert.deepEqual(config.wsdlDirs, [resolve('a'), '/b', resolve('c')]);
  assert.equal(config.publicUrl, 'https://bus.example:8443');
  assert.equal(config.databaseUrl, 'mysql://user:pw@db:3306/kruispunt');
});

test('tells addresses of revocation lists from files, and for how long they are gone by', () => {
  const lists = (value: string) => readConfig({ KRUISPUNT_REVOCATION_LISTS: value }).revocationLists;
  assert.deepEqual(lists('/a.crl:http://ca.example:8080/b.crl:c.crl:https://[::1]:1/d:http://ca.example'), [
    '/a.crl',
    'http://ca.example:8080/b.crl',
    resolve('c.crl'),
    'https://[::1]:1/d',
    'http://ca.example',
  ]);
  const grace = (value: string) =>
    readConfig({ KRUISPUNT_REVOCATION: value, KRUISPUNT_REVOCATION_LISTS: 'a' }).revocationGrace;
  assert.deepEqual([grace('fail-closed'), grace('grace:24'), grace('')], [0, 24, 0]);
  for (const value of ['grace', 'grace:0', 'open', 'grace:1.5'])
    assert.deepEqual(names({ KRUISPUNT_REVOCATION: value }), ['KRUISPUNT_REVOCATION'], value);
  assert.deepEqual(names({ KRUISPUNT_REVOCATION: 'grace:1' }), [
    'KRUISPUNT_REVOCATION_LISTS or KRUISPUNT_OCSP_RESPONDERS',
  ]);
});

test('keeps the audit online unless it is said for how long, ten years in all, and in all longer than online', () => {
  const kept = (settings: Readonly<Record<string, string>>) => {
    const { auditOnlineDays, auditKeepDays, auditArchive } = readConfig(settings);
    return [auditOnlineDays, auditKeepDays, auditArchive];
  };
  assert.deepEqual(kept({ KRUISPUNT_VAR: '/v' }), [null, 3_653, '/v/audit-archive']);
  const settings = {
    ...{ KRUISPUNT_AUDIT_ONLINE_DAYS: '183', KRUISPUNT_AUDIT_KEEP_DAYS: '184' },
    KRUISPUNT_AUDIT_ARCHIVE: '/a',
  };
  assert.deepEqual(kept(settings), [183, 184, '/a']);
  assert.deepEqual(names({ ...settings, KRUISPUNT_AUDIT_KEEP_DAYS: '183' }), ['KRUISPUNT_AUDIT_KEEP_DAYS']);
});

test('tells who answers for which issuers, and whether the nonce must come back', () => {
  const responders = (value: string) => readConfig({ KRUISPUNT_OCSP_RESPONDERS: value }).ocspResponders;
  assert.deepEqual(responders('/a.pem=http://ocsp.example:8080/x:b.pem=https://[::1]:1:c.pem=http://d'), [
    { file: '/a.pem', url: 'http://ocsp.example:8080/x' },
    { file: resolve('b.pem'), url: 'https://[::1]:1' },
    { file: resolve('c.pem'), url: 'http://d' },
  ]);
  for (const value of ['a.pem', 'http://ocsp.example', 'a.pem=ldap://x', 'a.pem=http://x:', '=http://x'])
    assert.deepEqual(names({ KRUISPUNT_OCSP_RESPONDERS: value }), ['KRUISPUNT_OCSP_RESPONDERS'], value);
  const demands = (value: string) =>
    readConfig({ KRUISPUNT_OCSP_NONCE: value, KRUISPUNT_OCSP_RESPONDERS: 'a=http://x' }).ocspDemandsNonce;
  assert.deepEqual([demands(''), demands('required'), demands('optional')], [true, true, false]);
  assert.deepEqual(names({ KRUISPUNT_OCSP_NONCE: 'optional' }), ['KRUISPUNT_OCSP_RESPONDERS']);
  assert.deepEqual(names({ KRUISPUNT_REVOCATION: 'grace:1', KRUISPUNT_OCSP_RESPONDERS: 'a=http://x' }), []);
});

test('tells all mistakes at once, each by its variable and with what it says', () => {
  const wrong = {
    KRUISPUNT_PORT: '65536',
    KRUISPUNT_DEMO: 'yes',
    KRUISPUNT_DATABASE_URL: 'postgres://db/kruispunt',
    KRUISPUNT_PUBLIC_URL: 'http://bus.example/path',
    KRUISPUNT_MAX_MESSAGE_BYTES: '12',
    KRUISPUNT_WORKERS: '0',
    KRUISPUNT_LOG_LEVEL: 'loud',
    KRUISPUNT_SPEAKER: 'x'.repeat(121),
  };
  assert.deepEqual(names(wrong).sort(), Object.keys(wrong).sort());
  const said = mistakes(wrong).join('\n');
  // The address of the database may hold a password.
  for (const [name, value] of Object.entries(wrong))
    if (name !== 'KRUISPUNT_DATABASE_URL') assert.ok(said.includes(value), name);
});

test('never repeats the address of the database, which holds a password', () => {
  assert.doesNotMatch(mistakes({ KRUISPUNT_DATABASE_URL: 'mysql://user:geheim@db' }).join(), /geheim/);
});

test('takes an address that holds a password from a file', () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const config = readConfig({
    KRUISPUNT_DATABASE_URL_FILE: file('database', 'mysql://user:pw@db:3306/kruispunt\n'),
    KRUISPUNT_REDIS_URL_FILE: file('redis', 'redis://:pw@redis:6379/0\n'),
  });
  assert.equal(config.databaseUrl, 'mysql://user:pw@db:3306/kruispunt');
  assert.equal(config.redisUrl, 'redis://:pw@redis:6379/0');
  const wrong = mistakes({
    KRUISPUNT_DATABASE_URL_FILE: file('wrong', 'mysql://user:geheim@db'),
    KRUISPUNT_REDIS_URL_FILE: join(folder, 'nothing'),
  });
  assert.deepEqual(wrong, [
    `KRUISPUNT_DATABASE_URL_FILE: ${join(folder, 'wrong')} must be sqlite:<path> or mysql://user:password@host:port/database`,
    `KRUISPUNT_REDIS_URL_FILE: ${join(folder, 'nothing')} cannot be read`,
  ]);
  const both = { KRUISPUNT_REDIS_URL: 'redis://redis', KRUISPUNT_REDIS_URL_FILE: join(folder, 'redis') };
  assert.match(mistakes(both).join(), /^KRUISPUNT_REDIS_URL_FILE: cannot be set beside KRUISPUNT_REDIS_URL/);
});

test('refuses numbers that are not written as such', () => {
  for (const value of ['8080x', '-1', '1e3', ' 80', '0x50', '80.5']) {
    assert.deepEqual(names({ KRUISPUNT_PORT: value }), ['KRUISPUNT_PORT'], value);
  }
});

test('demands the other half of a pair', () => {
  assert.deepEqual(names({ KRUISPUNT_TLS_KEY: 'a' }), ['KRUISPUNT_TLS_CERT']);
  assert.deepEqual(names({ KRUISPUNT_TLS_CERT: 'a' }), ['KRUISPUNT_TLS_KEY']);
  assert.deepEqual(names({ KRUISPUNT_TLS_CLIENT_CA: 'a' }), ['KRUISPUNT_TLS_CERT']);
  assert.deepEqual(names({ KRUISPUNT_SIGNING_KEY: 'a' }), ['KRUISPUNT_SIGNING_CERT']);
  assert.deepEqual(names({ KRUISPUNT_SIGNING_CERT: 'a' }), ['KRUISPUNT_SIGNING_KEY']);
  assert.deepEqual(names({ KRUISPUNT_TIMESTAMP_URL: 'https://tsa.example/' }), [
    'KRUISPUNT_TIMESTAMP_AUTHORITIES',
  ]);
  assert.deepEqual(
    names({ KRUISPUNT_TLS_KEY: 'a', KRUISPUNT_TLS_CERT: 'b', KRUISPUNT_TLS_CLIENT_CA: 'c' }),
    [],
  );
});

test('refuses addresses and policies that are none', () => {
  const set = { KRUISPUNT_TIMESTAMP_AUTHORITIES: 'a.pem' };
  for (const value of ['tsa.example', 'ftp://tsa.example/', 'https://', 'https://tsa example/'])
    assert.deepEqual(names({ ...set, KRUISPUNT_TIMESTAMP_URL: value }), ['KRUISPUNT_TIMESTAMP_URL'], value);
  for (const value of ['3.1', '1', '1.02', '1.2.', 'policy'])
    assert.deepEqual(names({ KRUISPUNT_TIMESTAMP_POLICY: value }), ['KRUISPUNT_TIMESTAMP_POLICY'], value);
  assert.deepEqual(names({ ...set, KRUISPUNT_TIMESTAMP_URL: 'https://tsa.example:8443/a?b' }), []);
});

test('cannot be changed afterwards', () => {
  const config = readConfig({});
  assert.ok(Object.isFrozen(config));
  assert.throws(() => Object.assign(config, { port: 1 }), TypeError);
});

test('names variables that look like settings and are none', () => {
  assert.deepEqual(unknownSettings({ KRUISPUNT_PORT: '1', KRUISPUNT_PROT: '1', PATH: '' }), [
    'KRUISPUNT_PROT',
  ]);
});
