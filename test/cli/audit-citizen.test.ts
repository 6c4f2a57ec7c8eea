import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditViews } from '../../src/cli/audit.ts';
import { UsageError } from '../../src/cli/output.ts';
import { answered, refused } from '../store/samples.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT, service } from '../support/message.ts';
import { openDesk } from './configuration-desk.ts';
import { paper } from './terminal.ts';

const INSZ = '74651210490';
const person = { kind: 'person', number: INSZ } as const;
const official = '67671212038';

async function open() {
  const { store } = await openDesk();
  const run = async (...argv: string[]) => {
    const terminal = paper();
    const needs = { ...store, who: 'an', services: [service], clock: stoppedClock(AT) };
    const code = await auditViews(argv, terminal, () => needs);
    return { code, printed: terminal.printed() };
  };
  return { store, run };
}

const asked = {
  service: 'GeefPersoon',
  version: '02.02',
  party: 'Stad',
  subjects: [person],
  endUser: official,
};

test('tells a citizen who asked what, when and why, in Dutch, and never which official', async () => {
  const { store, run } = await open();
  const paths = Array.from({ length: 10 }, (_, number) => `Persoon/Deel${number}`);
  await store.record(answered({ ...asked, receivedAt: AT, filtered: paths, legalBasis: 'Decreet A' }));
  const no = { code: '40003', level: 3, receivedAt: new Date('2026-03-02T11:00:00Z') } as const;
  await store.record(refused({ ...asked, ...no, reason: 'internal words' }));
  const { code, printed } = await run('citizen', INSZ);
  assert.equal(code, 0);
  assert.match(printed, /2 keer iets gevraagd/);
  assert.match(printed, /^2026-03-02 om 12:00:00\n {2}wie: +Stad \(KBO 0999990420\)/m);
  assert.match(printed, /^ {2}uitkomst: +geweigerd: Er is geen inschrijving voor dit INSZ. \(40003\)$/m);
  assert.match(printed, /^2026-03-02 om 11:00:00$[\s\S]*waarom: +Decreet A$[\s\S]*toegestaan/m);
  assert.match(printed, /Persoon\/Deel7 en 2 andere gegevens \(de organisatie mag dit niet zien\)/);
  const { printed: json } = await run('citizen', INSZ, '--json');
  const { consultations } = JSON.parse(json);
  assert.deepEqual(
    consultations.map((each: { outcome: string; organisation: unknown }) => [
      each.outcome,
      each.organisation,
    ]),
    [
      ['refused', { name: 'Stad', cbeNumber: '0999990420' }],
      ['allowed', { name: 'Stad', cbeNumber: '0999990420' }],
    ],
  );
  for (const text of [printed, json]) {
    assert.ok(!text.includes(official));
    assert.ok(!text.includes('internal words'));
  }
});

test('writes down each look, and shows who looked', async () => {
  const { run } = await open();
  assert.match((await run('citizen', INSZ)).printed, /Niemand heeft/);
  await run('citizen', INSZ, '--json');
  const looks = JSON.parse((await run('lookups', INSZ, '--json')).printed);
  assert.deepEqual(looks, [
    { at: AT.toISOString(), who: 'an' },
    { at: AT.toISOString(), who: 'an' },
  ]);
});

test('shows nothing when the look cannot be written down', async () => {
  const { store } = await open();
  await store.record(answered(asked));
  const terminal = paper();
  const lookUp = () => Promise.reject(new Error('disk full'));
  const needs = { ...store, lookUp, who: 'an', services: [], clock: stoppedClock(AT) };
  await assert.rejects(
    auditViews(['citizen', INSZ], terminal, () => needs),
    /disk full/,
  );
  assert.equal(terminal.printed(), '');
});

test('takes nothing but an INSZ that is well formed', async () => {
  const { run } = await open();
  for (const argv of [[], ['74651210491'], ['0999990420'], [INSZ, INSZ]])
    await assert.rejects(run('citizen', ...argv), UsageError);
});

test('lists the changes of the configuration with who and what, before and after', async () => {
  const { store, run } = await open();
  const ksz = store.source('ksz');
  assert.ok(ksz);
  await store.apply([{ kind: 'source', before: ksz, after: { ...ksz, deadline: 900 } }], 'bea');
  const { printed } = await run('changes', '--limit', '1');
  assert.match(printed, /2026-03-02T10:00:00.000Z +bea +source ksz +deadline: 2000 → 900$/m);
  const [data] = JSON.parse((await run('changes', '--kind', 'party', '--name', 'Stad', '--json')).printed);
  assert.deepEqual([data.before, data.after.cbeNumber, data.who], [null, '0999990420', 'kruispunt']);
  await assert.rejects(run('changes', '--limit', '0'), UsageError);
});

test('shows an exchange where the keys are missing, and says that about whom it was cannot be read', async () => {
  const { store } = await open();
  const why = 'it was sealed with the key 0123456789ab';
  const subjects = [{ kind: 'person', number: null, why } as const];
  const kept = refused({ code: '40003', level: 3, party: 'Stad', stages: [{ stage: 'verify', ms: 1 }] });
  const terminal = paper();
  const needs = { ...store, exchange: async () => ({ ...kept, subjects }) };
  const seen = { who: 'an', services: [service], clock: stoppedClock(AT) };
  for (const view of ['show', 'explain'])
    assert.equal(await auditViews([view, kept.id], terminal, () => ({ ...needs, ...seen })), 0);
  assert.ok(terminal.printed().includes(`about        person that cannot be read: ${why}`));
  assert.ok(terminal.printed().includes(`  the person it is about\n    ${why}`));
});
