import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grant } from '../../src/cli/grant.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { source } from '../../src/cli/source.ts';
import { openDesk } from './configuration-desk.ts';

const wanted = [
  ...['--party', 'Stad', '--uri', 'stad.example', '--service', 'GeefPersoon', '--version', '02.02'],
  ...['--legal-basis', 'Decreet B', '--from', '2026-07-01'],
];

test('adds a grant from midnight in Belgium, and tells its number', async () => {
  const { run, store } = await openDesk();
  const paths = ['--visible', 'Persoon/INSZ', '--visible', 'Persoon/Naam/**'];
  const { printed } = await run(grant, 'add', ...wanted, ...paths, '--json');
  const { id } = JSON.parse(printed);
  const made = (await store.image('none')).grants.find((each) => each.id === id);
  assert.deepEqual(made?.validFrom, new Date('2026-06-30T22:00:00Z'));
  assert.deepEqual(made?.visible, ['Persoon/INSZ', 'Persoon/Naam/**']);
  await assert.rejects(run(grant, 'add', ...wanted, ...paths), /says the same already/);
});

test('refuses a path that the schema does not have, and says what is there instead', async () => {
  const { run, store } = await openDesk();
  const paths = ['--visible', 'Persoon/Naam/Voornaam', '--visible', 'Persoon/INSZ', '--visible', 'Mens/**'];
  await assert.rejects(run(grant, 'add', ...wanted, ...paths), (error: Error) => {
    assert.ok(error instanceof FailedError);
    assert.match(error.message, /Persoon\/Naam has no element Voornaam; there is Achternamen, Voornamen/);
    assert.match(error.message, /Inhoud has no element Mens; there is .*Persoon/);
    assert.doesNotMatch(error.message, /Persoon\/INSZ:/);
    return true;
  });
  await assert.rejects(
    run(grant, 'add', ...wanted, '--visible', 'Persoon/@Kleur'),
    /Persoon has no @Kleur; there is @/,
  );
  await assert.rejects(run(grant, 'add', ...wanted), /--visible: expected at least one path/);
  await assert.rejects(run(grant, 'change', '1', '--add-visible', 'Persoon/Zeh'), /no element Zeh/);
  assert.equal((await store.image('none')).grants.length, 1);
});

test('refuses what party, service and period do not allow, all at once', async () => {
  const { run } = await openDesk();
  const wrong = ['--hoedanigheid', '9', '--version', '09.00', '--until', '2026-01-01', '--visible', '**'];
  await assert.rejects(run(grant, 'add', ...wanted, ...wrong), (error: Error) => {
    assert.match(error.message, /Stad may not speak as stad.example:9; its identities are stad.example, /);
    assert.match(error.message, /GeefPersoon has no version 09.00; there is 02.02/);
    assert.match(error.message, /it ends before it begins/);
    return true;
  });
  const other = ['--party', 'X', '--service', 'GeefWeer', '--visible', '**'];
  await assert.rejects(
    run(grant, 'add', ...wanted, ...other),
    /there is no party X[\s\S]*there is no service GeefWeer; there is GeefPersoon/,
  );
});

test('limits a grant to a population and to days, and says of a control what the service does not', async () => {
  const { run, store } = await openDesk();
  const limits = ['--population', 'jeugd', '--data-from', '2020-01-01', '--data-until', '2025-12-31'];
  const controls = ['--check-registration', 'off', '--throttle', '100/60000'];
  await run(grant, 'add', ...wanted, '--visible', '**', ...limits, ...controls);
  const made = (await store.grants()).at(-1);
  assert.deepEqual(
    [made?.population, made?.dataFrom, made?.dataUntil, made?.writable],
    ['jeugd', '2020-01-01', '2025-12-31', []],
  );
  const throttle = { max: 100, within: 60_000 };
  assert.deepEqual(made?.controls, { registration: false, population: null, period: null, throttle });
  const shown = await run(grant, 'show', String(made?.id));
  assert.match(shown.printed, /population +jeugd\ndata +2020-01-01 to 2025-12-31\n/);
  assert.match(shown.printed, /controls +registration off, throttle 100\/60000/);
  const less = ['--population', 'none', '--data-until', 'none', '--check-registration', 'service'];
  await run(grant, 'change', String(made?.id), ...less, '--check-population', 'off', '--throttle', 'off');
  const changed = (await store.grants()).at(-1);
  assert.deepEqual([changed?.population, changed?.dataFrom, changed?.dataUntil], [null, '2020-01-01', null]);
  const off = { registration: null, population: false, period: null, throttle: 'off' };
  assert.deepEqual(changed?.controls, off);
  const [last] = await store.changes({ kind: 'grant', limit: 1 });
  assert.match(JSON.stringify([last?.before, last?.after]), /"population":"jeugd".*"population":null/);
});

test('has answers encrypted, or no more, and says so', async () => {
  const { run, store } = await openDesk();
  await run(grant, 'add', ...wanted, '--visible', '**', '--encrypt', 'on');
  const made = (await store.grants()).at(-1);
  assert.equal(made?.encrypted, true);
  const number = String(made?.id);
  const shown = await run(grant, 'show', number);
  assert.match(shown.printed, /^answers +encrypted to the certificate that signed the question$/m);
  assert.equal(JSON.parse((await run(grant, 'show', number, '--json')).printed).encrypt, true);
  await run(grant, 'change', number, '--encrypt', 'off');
  assert.equal((await store.grants()).at(-1)?.encrypted, false);
  assert.match((await run(grant, 'show', number)).printed, /^answers +in the clear$/m);
  assert.ok(!(await run(grant, 'show', number, '--json')).printed.includes('encrypt'));
  await assert.rejects(run(grant, 'change', number, '--encrypt', 'maybe'), /--encrypt: expected on or off/);
});

test('refuses to have answers encrypted to a party of which no certificate that was seen is for that', async () => {
  const add = ['add', ...wanted, '--visible', '**'];
  const curved = await openDesk((subject) => (subject === 'CN=stad' ? false : null));
  await assert.rejects(curved.run(grant, ...add, '--encrypt', 'on'), /Stad has no certificate that could be/);
  await curved.run(grant, ...add, '--encrypt', 'off');
  for (const known of [true, null]) {
    const { run } = await openDesk(() => known);
    await run(grant, ...add, '--encrypt', 'on');
  }
});

test('refuses limits and controls that make no sense, and what is written to a service that only reads', async () => {
  const { run } = await openDesk();
  const add = (...more: string[]) => run(grant, 'add', ...wanted, '--visible', '**', ...more);
  const days = ['--data-from', '2025-01-01', '--data-until', '2024-01-01'];
  await assert.rejects(add(...days), /it is before data-from/);
  await assert.rejects(add('--data-from', '2025-02-30'), /--data-from: expected a day that exists/);
  await assert.rejects(add('--check-period', 'clip'), /GeefPersoon 02.02 names no period in service.yaml/);
  await assert.rejects(add('--check-period', 'cut'), /--controls \(period\): .*"clip"/);
  await assert.rejects(add('--check-registration', 'yes'), /--check-registration yes: expected on or off/);
  await assert.rejects(add('--throttle', 'often'), /expected MAX\/MILLISECONDS/);
  await assert.rejects(add('--throttle', '0/1000'), /expected a number of questions/);
  await assert.rejects(add('--writable', 'Persoon/Naam'), /this service only reads/);
});

test('changes and removes a grant by its number', async () => {
  const { run, store } = await openDesk();
  await run(grant, 'change', '1', '--until', '2027-01-01', '--add-visible', 'Persoon/Naam/**');
  await assert.rejects(
    run(grant, 'change', '1', '--remove-visible', 'Persoon/INSZ'),
    /Persoon is not shown: it is not valid without INSZ; grant Persoon\/INSZ/,
  );
  await run(grant, 'change', '1', '--remove-visible', 'Persoon/Naam/**');
  assert.deepEqual((await store.image('none')).grants[0]?.visible, ['Persoon/INSZ']);
  await run(grant, 'change', '1', '--until', 'never');
  assert.equal((await store.image('none')).grants[0]?.validUntil, null);
  assert.match((await run(grant, 'show', '1')).printed, /^period {7}2020-01-01 to open$/m);
  await assert.rejects(run(grant, 'change', '1', '--until', 'never'), /nothing to change/);
  await assert.rejects(run(grant, 'remove', '7'), /there is no grant 7/);
  await assert.rejects(run(grant, 'remove', 'x'), UsageError);
  await run(grant, 'remove', '1');
  assert.equal((await run(grant, 'list', '--json')).printed, '[]');
});

test('changes where a source is reached, and refuses what cannot be', async () => {
  const { run, store } = await openDesk();
  const wrong = ['--url', 'ftp://x', '--deadline', '10', '--max-bytes', '1.5', '--signature', 'some'];
  await assert.rejects(run(source, 'change', 'ksz', ...wrong), (error: Error) => {
    assert.ok(error instanceof UsageError);
    for (const option of ['url', 'deadline', 'max-bytes', 'signature'])
      assert.match(error.message, new RegExp(`^--${option}: expected`, 'm'));
    return true;
  });
  await run(source, 'change', 'ksz', '--url', 'none', '--deadline', '900');
  assert.deepEqual([store.source('ksz')?.url, store.source('ksz')?.deadline], [null, 900]);
  await assert.rejects(run(source, 'remove', 'ksz'), /asked by GeefPersoon 02.02/);
  await assert.rejects(run(source, 'add', 'ksz', '--kind', 'rest'), /exists already/);
  await run(source, 'add', 'extra', '--kind', 'rest', '--url', 'https://extra.example/');
  assert.equal(store.source('extra')?.deadline, 8000);
  await run(source, 'remove', 'extra');
  assert.equal(store.source('extra'), null);
  assert.match((await run(source, 'list')).printed, /^ksz .*not set up .*GeefPersoon 02.02$/m);
});

const subscribed = [
  ...['--party', 'Stad', '--uri', 'stad.example', '--service', 'PubliceerMutatiePersoon'],
  ...['--legal-basis', 'Decreet B', '--from', '2026-07-01'],
];

test('takes a grant on a publication, with paths below what its files hold', async () => {
  const { run, store } = await openDesk();
  const paths = ['--visible', 'INSZ', '--visible', 'Overlijden/**'];
  await run(grant, 'add', ...subscribed, '--version', '02.02', ...paths);
  assert.deepEqual((await store.image('none')).grants.at(-1)?.visible, ['INSZ', 'Overlijden/**']);
});

test('refuses of a publication what its files do not hold, and what nobody would hold to account', async () => {
  const { run } = await openDesk();
  const add = (...rest: string[]) => run(grant, 'add', ...subscribed, ...rest);
  const known = ['--version', '02.02'];
  await assert.rejects(add('--version', '09.00', '--visible', '**'), /has no version 09.00; there is 02.02/);
  await assert.rejects(
    add(...known, '--visible', 'Kleur'),
    /Persoon has no element Kleur; there is INSZ, Naam/,
  );
  await assert.rejects(add(...known, '--visible', 'Geslacht/**'), /Persoon is not shown: .*without INSZ/);
  await assert.rejects(
    add(
      ...known,
      '--visible',
      '**',
      '--writable',
      'INSZ',
      '--data-from',
      '2026-01-01',
      '--throttle',
      '3/1000',
    ),
    (error: Error) => {
      assert.match(error.message, /INSZ: nothing is written to a publication/);
      assert.equal(
        error.message.split('is not held against a publication').length,
        2,
        'population and days are held when a mutation is matched',
      );
      return true;
    },
  );
});
