import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configuration } from '../../src/cli/configuration.ts';
import { readIdentity, readMoment, writeMoment } from '../../src/cli/configuration-fields.ts';
import { FailedError } from '../../src/cli/output.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const folder = temporaryFolder();
const file = join(folder, 'configuration.yaml');
const line = {
  ...{ partyId: 1, hoedanigheid: '6001', subject: { kind: 'person' as const, number: '74651210490' } },
  ...{ begin: '2020-01-01', end: null },
};

test('has nothing to change when it imports what it exported, registrations and odd moments included', async () => {
  const { run, store } = await openDesk();
  await store.addRegistration(line);
  const image = await store.image('none');
  const [grant] = image.grants;
  assert.ok(grant);
  const { id: _, ...after } = grant;
  const validUntil = new Date('2026-08-01T12:34:56.789Z');
  await store.apply(
    [{ kind: 'grant', id: null, before: null, after: { ...after, validUntil, encrypted: true } }],
    'an',
  );
  const [stad = assert.fail()] = image.parties;
  const held = { ...stad, networks: ['192.0.2.0/24', '2001:db8::/32'] };
  await store.apply([{ kind: 'party', before: stad, after: held }], 'an');
  await run(configuration, 'export', '--file', file, '--registrations');
  assert.match(readFileSync(file, 'utf8'), /networks:\n +- 192\.0\.2\.0\/24\n +- ("?)2001:db8::\/32\1\n/);
  const { code, printed } = await run(configuration, 'import', file, '--remove');
  assert.deepEqual([code, printed], [0, 'nothing to change']);
  const other = await openDesk();
  await other.run(configuration, 'import', file);
  await other.run(configuration, 'export', '--file', `${file}.2`, '--registrations');
  assert.equal(readFileSync(`${file}.2`, 'utf8'), readFileSync(file, 'utf8'));
});

const changed = `
parties:
  - name: Stad
    cbe: "0999990420"
    identities: [{ uri: stad.example }, { uri: stad.example, hoedanigheid: "6001" }]
    certificates: [CN=stad, CN=stad 2]
  - name: Dorp
    cbe: "0999990519"
    identities: [{ uri: dorp.example }]
    certificates: [CN=dorp]
grants:
  - party: Dorp
    uri: dorp.example
    service: GeefPersoon
    version: "02.02"
    legal-basis: Decreet C
    from: 2026-01-01
    visible: [Persoon/INSZ]
`;

test('shows the plan first, and carries nothing out with --plan', async () => {
  const { run, store } = await openDesk();
  writeFileSync(file, changed);
  const before = await store.image('all');
  const { printed } = await run(configuration, 'import', file, '--plan');
  assert.match(printed, /^~ party Stad\n {4}certificates: \["CN=stad"\] → \["CN=stad","CN=stad 2"\]$/m);
  assert.match(printed, /^\+ party Dorp$/m);
  assert.match(printed, /^\+ grant \(new\) \(Dorp: GeefPersoon 02.02 as dorp.example\)$/m);
  assert.match(printed, /^= grant 1 .* is not in the file; --remove takes it away$/m);
  assert.match(printed, /^2 to add, 1 to change, 0 to remove$/m);
  assert.deepEqual(await store.image('all'), before);
  const data = JSON.parse((await run(configuration, 'import', file, '--plan', '--json')).printed);
  assert.deepEqual([data.edits.length, data.kept.length, data.applied], [3, 1, false]);
});

test('takes away only with --remove, and leaves sections alone that the file lacks', async () => {
  const { run, store } = await openDesk();
  writeFileSync(file, changed);
  await run(configuration, 'import', file);
  assert.equal((await store.image('none')).grants.length, 2);
  assert.equal(store.partyOf('CN=stad 2')?.name, 'Stad');
  await run(configuration, 'import', file, '--remove');
  const { grants, sources } = await store.image('none');
  assert.deepEqual([grants.length, grants[0]?.party, sources.length > 0], [1, 'Dorp', true]);
  const changes = await store.changes({ limit: 4 });
  assert.deepEqual(
    changes.map(({ who, kind }) => [who, kind]),
    [
      ['an', 'grant'],
      ['an', 'grant'],
      ['an', 'party'],
      ['an', 'party'],
    ],
  );
});

test('imports nothing of a file that is half wrong, and tells every mistake by its line', async () => {
  const { run, store } = await openDesk();
  const wrong = changed
    .replace('cbe: "0999990420"', 'cbe: 0999990420')
    .replace('[CN=dorp]', '[CN=stad]')
    .replace('Persoon/INSZ', 'Persoon/Zeh')
    .replace('from: 2026-01-01', 'from: 2026-13-01\n    colour: red')
    .concat('sources:\n  - { name: ksz, kind: tcp, deadline: 1 }\nkleuren: []\n');
  writeFileSync(file, wrong);
  const before = await store.image('all');
  await assert.rejects(run(configuration, 'import', file), (error: Error) => {
    assert.ok(error instanceof FailedError);
    for (const [at, message] of [
      [4, 'parties.0.cbe: expected ten digits, in quotes'],
      [17, 'grants.0.from: expected a day that exists'],
      [18, 'grants.0.colour: unknown key'],
      [21, 'sources.0.kind: expected one of'],
      [21, 'sources.0.deadline: expected a whole number'],
      [22, 'kleuren: unknown key'],
    ] as const)
      assert.ok(error.message.includes(`${file}:${at}: ${message}`), `${message}\n${error.message}`);
    return true;
  });
  assert.deepEqual(await store.image('all'), before);
  assert.equal((await store.changes({ kind: 'party', limit: 9 })).length, 1);
});

test('tells what contradicts itself across the file by its line', async () => {
  const { run, store } = await openDesk();
  writeFileSync(file, changed.replace('[CN=dorp]', '[CN=stad]').replace('Persoon/INSZ', 'Persoon/Zeh'));
  const before = await store.image('all');
  await assert.rejects(run(configuration, 'import', file), (error: Error) => {
    assert.match(error.message, /:10: party Dorp: certificate "CN=stad" is Stad's already/);
    assert.match(error.message, /:18: grant .*Persoon has no element Zeh; there is INSZ, /);
    return true;
  });
  writeFileSync(file, 'parties: [');
  await assert.rejects(run(configuration, 'import', file), /:1: is not YAML/);
  writeFileSync(file, 'sources: []');
  await assert.rejects(run(configuration, 'import', file, '--remove'), /GeefPersoon 02.02: asks the source/);
  await assert.rejects(run(configuration, 'import', join(folder, 'nowhere.yaml')), /cannot be read/);
  assert.deepEqual(await store.image('all'), before);
});

test('reads days as midnight in Belgium, summer and winter, and writes them back', () => {
  assert.deepEqual(readMoment('2026-01-01'), new Date('2025-12-31T23:00:00Z'));
  assert.deepEqual(readMoment('2026-07-01'), new Date('2026-06-30T22:00:00Z'));
  for (const text of ['2026-03-29', '2026-10-25', '2026-07-01T10:00:00.000Z']) {
    const at = readMoment(text);
    assert.equal(at && writeMoment(at), text);
  }
  for (const text of ['2026-02-29', '2026-1-1', '01/02/2026', '2026-07-01T10:00:00', ''])
    assert.equal(readMoment(text), null);
});

test('tells a hoedanigheid from the colons of an address', () => {
  assert.deepEqual(readIdentity('stad.example:6001'), { uri: 'stad.example', hoedanigheid: '6001' });
  assert.deepEqual(readIdentity('http://stad.example/x'), {
    uri: 'http://stad.example/x',
    hoedanigheid: null,
  });
  assert.deepEqual(readIdentity('http://stad.example/x:6001').hoedanigheid, '6001');
  for (const uri of ['0999990420', '17/3'])
    assert.deepEqual(readIdentity(`${uri}:DEMO:ONDERZOEK`), { uri, hoedanigheid: 'DEMO:ONDERZOEK' });
  assert.deepEqual(readIdentity('urn:stad:'), { uri: 'urn:stad', hoedanigheid: null });
});
