import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configuration } from '../../src/cli/configuration.ts';
import { grant } from '../../src/cli/grant.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { subscription } from '../../src/cli/subscription.ts';
import { AT } from '../support/message.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const publication = ['--publication', 'PubliceerMutatiePersoon', '--version', '02.02'];
const identity = ['--party', 'Stad', '--uri', 'stad.example'];
const right = [
  ...[...identity, '--service', 'PubliceerMutatiePersoon', '--version', '02.02'],
  ...['--legal-basis', 'Decreet B', '--from', '2020-01-01', '--visible', '**'],
];
const wanted = [
  ...[...identity, '--hoedanigheid', '6001', ...publication],
  ...['--schedule', '0  3 * * 1-5', '--legal-basis', 'Decreet B', '--from', '2020-01-01'],
];

const authorised = async () => {
  const desk = await openDesk();
  await desk.run(grant, 'add', ...right);
  return desk;
};

test('adds a subscription, shows it with its next moment, and writes down every change', async () => {
  const { run, store } = await authorised();
  assert.equal((await run(subscription, 'add', ...wanted)).printed, 'added subscription 1');
  const { printed } = await run(subscription, 'show', '1', '--json');
  const { next, ...shown } = JSON.parse(printed);
  assert.deepEqual(shown, {
    ...{ id: 1, party: 'Stad', uri: 'stad.example', hoedanigheid: '6001' },
    ...{ publication: 'PubliceerMutatiePersoon', version: '02.02', kind: 'mutations' },
    ...{ schedule: '0 3 * * 1-5', 'time-zone': 'Europe/Brussels', format: 'xml' },
    ...{ 'legal-basis': 'Decreet B', channel: 'files', 'empty-files': 'no', 'retention-days': 30 },
    from: '2020-01-01',
  });
  assert.ok(new Date(next) > AT);
  assert.match(
    (await run(subscription, 'list')).printed,
    /1 +Stad +stad\.example:6001 +Publi.* 02\.02 +0 3 \* \* 1-5/,
  );
  const changes = [
    '--schedule',
    '*/5 * * * *',
    '--add-filter',
    'INSZ',
    '--empty-files',
    'yes',
    '--until',
    '2099-01-01',
  ];
  await run(subscription, 'change', '1', ...changes);
  await run(subscription, 'change', '1', '--stop');
  await run(subscription, 'change', '1', '--start', '--until', 'never', '--remove-filter', 'INSZ');
  const [back, stopped, changed, added] = await store.changes({ kind: 'subscription', limit: 9 });
  const part = (image: unknown, key: string) => Object(image)[key];
  assert.deepEqual([added?.before, part(added?.after, 'schedule')], [null, '0 3 * * 1-5']);
  assert.deepEqual([part(changed?.after, 'filter'), part(changed?.after, 'emptyFiles')], [['INSZ'], true]);
  assert.deepEqual([part(stopped?.after, 'stoppedAt'), stopped?.who], [AT.toJSON(), 'an']);
  assert.deepEqual([part(back?.after, 'stoppedAt'), part(back?.after, 'filter')], [null, []]);
  await run(subscription, 'remove', '1');
  assert.deepEqual(JSON.parse((await run(subscription, 'list', '--json')).printed), []);
});

test('refuses each mistake and says what would be right', async () => {
  const { run } = await authorised();
  const refused = (pattern: RegExp, ...argv: string[]) =>
    assert.rejects(run(subscription, 'add', ...wanted, ...argv), (error: Error) => {
      assert.ok(error instanceof FailedError || error instanceof UsageError);
      assert.match(error.message, pattern);
      return true;
    });
  await refused(/"0 0 30 2 \*" never comes/, '--schedule', '0 0 30 2 *');
  await refused(/"0 3 \* \*" is not a schedule: write minute/, '--schedule', '0 3 * *');
  await refused(/Europe\/Bruxelles is not a time zone/, '--time-zone', 'Europe/Bruxelles');
  await refused(
    /there is no publication PubliceerWeer .*; there is PubliceerMutatiePersoon/,
    '--publication',
    'PubliceerWeer',
  );
  await refused(/PubliceerMutatiePersoon has no version 01.00; there is 02.02/, '--version', '01.00');
  await refused(/Stad may not speak as stad.example:9; its identities are/, '--hoedanigheid', '9');
  await refused(/there is no party Dorp/, '--party', 'Dorp');
  await refused(/Persoon has no element Zeh/, '--filter', 'Zeh');
  await refused(/it ends before it begins/, '--until', '2019-12-31');
  await refused(/--retention-days: expected a whole number of days/, '--retention-days', '0');
  await refused(/--empty-files: expected yes or no/, '--empty-files', 'sometimes');
  await run(subscription, 'add', ...wanted);
  await refused(/subscription 1 is the same/);
  await assert.rejects(run(subscription, 'change', '1', '--schedule', '0 0 31 2 *'), /never comes/);
  await assert.rejects(run(subscription, 'show', '7'), /there is no subscription 7/);
});

test('a subscription is of the kind of its publication', async () => {
  const { run, store } = await authorised();
  const snapshot = ['--publication', 'PubliceerPersoon', '--kind', 'snapshot'];
  await run(grant, 'add', ...right, '--service', 'PubliceerPersoon');
  const add = (...argv: string[]) => run(subscription, 'add', ...wanted, ...argv);
  await assert.rejects(
    add('--kind', 'snapshot'),
    /PubliceerMutatiePersoon 02.02 is a publication of kind mutations, not snapshot/,
  );
  await assert.rejects(
    add('--publication', 'PubliceerPersoon'),
    /PubliceerPersoon 02.02 is a publication of kind snapshot, not mutations/,
  );
  await assert.rejects(
    add(...snapshot, '--channel', 'pull'),
    /such as PubliceerPersoon are laid down as files/,
  );
  await assert.rejects(add(...snapshot, '--format', 'csv'), /there is no CSV of PubliceerPersoon/);
  await add(...snapshot);
  assert.equal(store.subscriptions()[0]?.kind, 'snapshot');
  const file = join(temporaryFolder(), 'configuration.yaml');
  const { printed } = await run(configuration, 'export');
  writeFileSync(file, printed.replace('kind: snapshot', 'kind: mutations'));
  await assert.rejects(
    run(configuration, 'import', file),
    /configuration.yaml:\d+: .*is a publication of kind snapshot, not mutations/,
  );
});

test('needs a grant that is valid today, but a grant that ends is in the way of nothing', async () => {
  const { run, store } = await openDesk();
  const add = () => run(subscription, 'add', ...wanted);
  await assert.rejects(
    add,
    /Stad has no grant that is valid today for .* add one first \(kruispunt grant add\)/,
  );
  await run(grant, 'add', ...right, '--until', '2021-01-01');
  await assert.rejects(add, /no grant that is valid today/);
  await run(grant, 'change', '2', '--until', 'never');
  await add();
  await run(grant, 'change', '2', '--until', '2021-01-01');
  await run(subscription, 'change', '1', '--stop');
  await assert.rejects(run(subscription, 'change', '1', '--start'), /no grant that is valid today/);
  assert.notEqual(store.subscriptions().at(0)?.stoppedAt, null);
});

test('goes out with the configuration and comes back in, with a plan', async () => {
  const { run } = await authorised();
  await run(subscription, 'add', ...wanted, '--filter', 'INSZ', '--until', '2099-01-01');
  const file = join(temporaryFolder(), 'configuration.yaml');
  await run(configuration, 'export', '--file', file);
  const again = await run(configuration, 'import', file, '--plan');
  assert.equal(again.printed, 'nothing to change');
  const { printed: text } = await run(configuration, 'export');
  const other = await openDesk();
  writeFileSync(
    file,
    text.replace('0 3 * * 1-5', '0 4 * * *').replace('retention-days: 30', 'retention-days: 7'),
  );
  const plan = await run(configuration, 'import', file, '--plan');
  assert.match(
    plan.printed,
    /~ subscription 1 .*\n {4}schedule: "0 3 \* \* 1-5" → "0 4 \* \* \*"\n {4}retention-days: 30 → 7/,
  );
  await other.run(configuration, 'import', file);
  const [made] = other.store.subscriptions();
  assert.deepEqual([made?.schedule, made?.filter, made?.retentionDays], ['0 4 * * *', ['INSZ'], 7]);
  writeFileSync(file, text.replace('0 3 * * 1-5', '0 0 30 2 *'));
  await assert.rejects(
    run(configuration, 'import', file),
    /configuration\.yaml:\d+: subscription .*never comes/,
  );
});
