import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { key } from '../../src/cli/key.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { party } from '../../src/cli/party.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const folder = temporaryFolder();
const dorp = ['--name', 'Dorp', '--cbe', '0999990519', '--identity', 'dorp.example:7001'];

test('adds a party with its identities and the subject of a certificate in a file', async () => {
  const { run, store } = await openDesk();
  const authority = await makeAuthority('Root');
  const file = join(folder, 'dorp.pem');
  writeFileSync(file, (await issue(authority, 'dorp')).certificate);
  const more = ['--identity', 'dorp.example', '--certificate', file, '--certificate', 'CN=dorp 2'];
  assert.equal((await run(party, 'add', ...dorp, ...more)).code, 0);
  assert.deepEqual(JSON.parse((await run(party, 'show', 'Dorp', '--json')).printed), {
    ...{ name: 'Dorp', cbe: '0999990519', profile: 'strict' },
    identities: [{ uri: 'dorp.example' }, { uri: 'dorp.example', hoedanigheid: '7001' }],
    certificates: ['CN=dorp 2', 'CN=dorp,O=Stad Voorbeeld,C=BE'],
    grants: [],
  });
  assert.equal(store.partyOf('CN=dorp,O=Stad Voorbeeld,C=BE')?.name, 'Dorp');
  const [change] = await store.changes({ limit: 1 });
  assert.deepEqual([change?.who, change?.name, change?.before], ['an', 'Dorp', null]);
});

test('tells every wrong value at once, by its option, as wrong use', async () => {
  const { run } = await openDesk();
  const wrong = ['--cbe', '0999990420x', '--profile', 'laks', '--profile-until', '2026-02-30'];
  await assert.rejects(run(party, 'add', '--name', '', ...wrong), (error: Error) => {
    assert.ok(error instanceof UsageError);
    for (const option of ['name', 'cbe', 'profile', 'profile-until'])
      assert.match(error.message, new RegExp(`^--${option}: `, 'm'));
    return true;
  });
  await assert.rejects(run(party, 'add', ...dorp, '--cbe', '0999990421'), /--cbe: .*97 minus/);
  await assert.rejects(run(party, 'add', ...dorp, '--certificate', 'nowhere.pem'), UsageError);
  await assert.rejects(run(party, 'add', ...dorp, '--colour', 'red'), /Unknown option '--colour'/);
  await assert.rejects(run(party), UsageError);
  await assert.rejects(run(party, 'constructor'), UsageError);
});

test('refuses by rule what two parties or two options contradict, and changes nothing', async () => {
  const { run, store } = await openDesk();
  const refused = async (pattern: RegExp, ...argv: string[]) =>
    assert.rejects(run(party, ...argv), (error: Error) => {
      assert.ok(error instanceof FailedError, error.stack);
      assert.match(error.message, pattern);
      return true;
    });
  await refused(/party Stad exists already/, 'add', ...dorp, '--name', 'Stad');
  const two = ['--certificate', 'CN=stad', '--profile', 'magda-2.0'];
  await refused(/needs an end date[\s\S]*certificate "CN=stad" is Stad's already/, 'add', ...dorp, ...two);
  await refused(
    /grant 1 .*may not speak as stad.example/,
    'change',
    'Stad',
    '--remove-identity',
    'stad.example:6001',
    '--remove-identity',
    'stad.example',
  );
  await refused(/no party Dorp; there are Stad/, 'remove', 'Dorp');
  await store.addRegistration({
    ...{ partyId: 1, hoedanigheid: '6001', subject: { kind: 'person', number: '74651210490' } },
    ...{ begin: '2020-01-01', end: null },
  });
  await refused(/referred to by grant 1 and 1 registration: remove these first/, 'remove', 'Stad');
  const old = join(folder, 'old.pem');
  const expired = { notAfter: new Date(NOW.getTime() - 1000) };
  writeFileSync(old, (await issue(await makeAuthority('Root'), 'old', expired)).certificate);
  await refused(/expired on/, 'change', 'Stad', '--add-certificate', old);
  assert.equal((await store.image('none')).parties.length, 1);
});

test('changes what it is told to and leaves the rest, the grants of a renamed party too', async () => {
  const { run, store } = await openDesk();
  const lax = ['--profile', 'magda-2.0', '--profile-until', '2027-01-01'];
  const identities = ['--add-identity', 'stad.example:7001', '--remove-identity', 'stad.example:6001'];
  await run(party, 'change', 'Stad', '--name', 'Gemeente', ...lax, ...identities);
  const { parties, grants } = await store.image('none');
  assert.deepEqual(parties, [
    {
      ...{ name: 'Gemeente', cbeNumber: '0999990420', profile: 'magda-2.0' },
      // Midnight in Belgium.
      profileUntil: new Date('2026-12-31T23:00:00Z'),
      identities: [
        { uri: 'stad.example', hoedanigheid: null },
        { uri: 'stad.example', hoedanigheid: '7001' },
      ],
      certificates: ['CN=stad'],
      networks: [],
    },
  ]);
  assert.equal(grants[0]?.party, 'Gemeente');
  await run(party, 'change', 'Gemeente', '--profile', 'strict');
  assert.equal((await store.image('none')).parties[0]?.profileUntil, null);
  await assert.rejects(run(party, 'change', 'Gemeente', '--profile', 'strict'), /nothing to change/);
  await assert.rejects(run(party, 'change', 'Gemeente', '--remove-certificate', 'CN=x'), /there is CN=stad/);
});

test('holds a party to networks, and says which are none', async () => {
  const { run, store } = await openDesk();
  const networks = async () =>
    (await store.image('none')).parties.find(({ name }) => name === 'Dorp')?.networks;
  const dorp = ['add', '--name', 'Dorp', '--cbe', '0999990519', '--network', '192.0.2.7'];
  await run(party, ...dorp, '--network', '2001:DB8::/32');
  assert.deepEqual(await networks(), ['192.0.2.7', '2001:db8::/32']);
  await run(party, 'change', 'Dorp', '--add-network', '198.51.100.0/24', '--remove-network', '2001:DB8::/32');
  assert.deepEqual(await networks(), ['192.0.2.7', '198.51.100.0/24']);
  const { printed } = await run(party, 'show', 'Dorp');
  assert.match(printed, /\nnetwork {6}192\.0\.2\.7\nnetwork {6}198\.51\.100\.0\/24$/);
  for (const wrong of ['192.0.2.1/24', '192.0.2.0/33', '::ffff:192.0.2.1', 'stad.example', '192.0.2'])
    await assert.rejects(
      run(party, 'change', 'Dorp', '--add-network', wrong),
      /--network \(\d\): expected an address or a network such as/,
      wrong,
    );
  const twice = run(party, 'change', 'Dorp', '--add-network', '192.0.2.7');
  await assert.rejects(twice, /party Dorp: network 192\.0\.2\.7 is there twice/);
  await run(party, 'change', 'Dorp', '--remove-network', '192.0.2.7', '--remove-network', '198.51.100.0/24');
  assert.deepEqual(await networks(), []);
});

test("shows the bus's certificate, the authorities and the parties' subjects, and rolls these over", async () => {
  const { run, store } = await openDesk();
  const authority = await makeAuthority('Root');
  const bus = (await issue(authority, 'bus')).certificate;
  const verb = (keys: { bus: string | null }) => (argv: readonly string[], desk: Parameters<typeof key>[1]) =>
    key(argv, desk, {
      keys: () => ({ ...keys, authorities: [authority.certificate] }),
      judging: () => ({ ...createTrust({ authorities: [authority.certificate] }), learn: async () => {} }),
      seen: () => [],
      own: () => [],
      keep: async () => {},
    });
  const shown = JSON.parse((await run(verb({ bus }), 'show', '--json')).printed);
  assert.equal(shown.bus.subject, 'CN=bus,O=Stad Voorbeeld,C=BE');
  assert.equal(shown.bus.daysLeft, 365 * 20);
  assert.deepEqual(shown.parties, [{ party: 'Stad', subject: 'CN=stad' }]);
  assert.match((await run(verb({ bus: null }), 'show')).printed, /KRUISPUNT_SIGNING_CERT is not set/);
  await run(verb({ bus }), 'add', 'Stad', '--certificate', 'CN=stad 2');
  assert.equal(store.partyOf('CN=stad 2')?.name, 'Stad');
  await assert.rejects(
    run(verb({ bus }), 'add', 'Stad', '--certificate', 'CN=stad'),
    /already known by CN=stad/,
  );
  await run(verb({ bus }), 'remove', 'Stad', '--certificate', 'CN=stad');
  const last = await run(verb({ bus }), 'remove', 'Stad', '--certificate', 'CN=stad 2');
  assert.match(last.warned, /no certificate left/);
  assert.equal(store.partyOf('CN=stad'), null);
});
