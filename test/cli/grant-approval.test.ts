import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { configuration } from '../../src/cli/configuration.ts';
import { grant } from '../../src/cli/grant.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { party } from '../../src/cli/party.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const terms = ['--uri', 'stad.example', '--service', 'GeefPersoon', '--version', '02.02', '--party', 'Stad'];
const law = ['--legal-basis', 'Decreet B', '--from', '2026-01-01', '--visible', 'Persoon/INSZ'];
const capacity = ['--hoedanigheid', '6001'];

async function secondPerson() {
  const desk = await openDesk();
  const { printed } = await desk.run(grant, 'approval', 'on');
  assert.equal(printed, 'grants need a second person');
  return desk;
}

test('has an added grant wait, shows it, and lets another user approve it', async () => {
  const { run, runAs } = await secondPerson();
  const { printed } = await run(grant, 'add', ...terms, ...law, ...capacity);
  const number = /^it waits for a second person: kruispunt grant approve (\d+)$/.exec(printed)?.[1] ?? '';
  const shown = (await run(grant, 'list')).printed;
  assert.match(
    shown,
    new RegExp(`^${number} {2}since \\S+, asked for by an\\n {3}\\+ grant \\(new\\) \\(Stad: `, 'm'),
  );
  assert.match(shown, / {7}visible: \["Persoon\/INSZ"\]/);
  const [waiting] = JSON.parse((await run(grant, 'list', '--waiting', '--json')).printed);
  assert.deepEqual([waiting.number, waiting.by, waiting.grant.uri], [Number(number), 'an', 'stad.example']);
  await assert.rejects(run(grant, 'approve', number), /somebody else must approve it/);
  assert.match((await runAs('bea', grant, 'approve', number)).printed, /^approved: grant \(new\) \(Stad: /);
  assert.match((await run(grant, 'list')).printed, /Stad +stad\.example:6001 /);
  await assert.rejects(runAs('bea', grant, 'approve', number), FailedError);
});

test('keeps a changed grant as it was, says so as data, and rejects', async () => {
  const { run, store } = await secondPerson();
  const id = String((await store.image('none')).grants[0]?.id);
  const changed = await run(grant, 'change', id, '--add-visible', 'Persoon/Naam/**', '--json');
  const number = String(JSON.parse(changed.printed).waiting);
  assert.deepEqual((await store.image('none')).grants[0]?.visible, ['Persoon/INSZ']);
  assert.match(
    (await run(grant, 'list')).printed,
    /visible: \["Persoon\/INSZ"\] → \["Persoon\/INSZ","Persoon\/Naam/,
  );
  assert.match((await run(grant, 'reject', number)).printed, /^rejected: grant \d/);
  assert.equal((await run(grant, 'list', '--waiting')).printed, '');
});

test('has grants of a file wait too, and asks for them once', async () => {
  const { run, store } = await secondPerson();
  const file = join(temporaryFolder(), 'configuration.yaml');
  const text = (await run(configuration, 'export')).printed;
  writeFileSync(file, text.replace('- Persoon/INSZ', '- Persoon/INSZ\n      - Persoon/Naam/**'));
  const imported = (await run(configuration, 'import', file)).printed;
  assert.match(imported, /1 grant waits for a second person: kruispunt grant approve \d+\ndone$/);
  const again = JSON.parse((await run(configuration, 'import', file, '--json')).printed);
  assert.deepEqual([again.waiting.length, (await store.waitingGrants()).length], [1, 1]);
  assert.deepEqual((await store.image('none')).grants[0]?.visible, ['Persoon/INSZ']);
});

test('approves nothing that is wrong by now', async () => {
  const { run, runAs } = await secondPerson();
  const { printed } = await run(grant, 'add', ...terms, ...law, ...capacity, '--json');
  await run(party, 'change', 'Stad', '--remove-identity', 'stad.example:6001');
  const approving = runAs('bea', grant, 'approve', String(JSON.parse(printed).waiting));
  await assert.rejects(approving, (error) => error instanceof FailedError && /6001/.test(error.message));
});

test('is taken away by two as well', async () => {
  const { run, runAs, store } = await secondPerson();
  const { printed } = await run(grant, 'approval', 'off', '--json');
  const { secondPerson: still, waits } = JSON.parse(printed);
  assert.equal(still, true);
  assert.match((await run(grant, 'list')).printed, /~ grants need no second person any more/);
  await runAs('bea', grant, 'approve', String(waits));
  assert.equal((await run(grant, 'approval')).printed, 'grants need no second person');
  assert.equal(await store.grantsNeedSecondPerson(), false);
  await assert.rejects(run(grant, 'approval', 'off'), FailedError);
  await assert.rejects(run(grant, 'approval', 'maybe'), UsageError);
  await assert.rejects(run(grant, 'approve', 'x'), UsageError);
});
