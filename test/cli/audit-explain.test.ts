import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { auditViews } from '../../src/cli/audit.ts';
import { explain } from '../../src/cli/audit-explain.ts';
import { stageWords, stageWordsOf } from '../../src/cli/audit-explain-stages.ts';
import { grant } from '../../src/cli/grant.ts';
import { FailedError } from '../../src/cli/output.ts';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { answered, refused } from '../store/samples.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT, service } from '../support/message.ts';
import { openDesk } from './configuration-desk.ts';
import { paper } from './terminal.ts';

const passed = (...names: string[]) => names.map((stage) => ({ stage, ms: 1 }));
const asked = { service: 'GeefPersoon', version: '02.02', party: 'Stad', receivedAt: AT };
const notGranted = (changes: Partial<ExchangeRecord> = {}) =>
  refused({
    ...{
      ...asked,
      code: '13001',
      level: 2,
      stages: passed('parse', 'decrypt', 'route', 'validate', 'verify', 'refuseReplay'),
    },
    reason: 'Stad holds no grant for GeefPersoon 02.02 as stad.example today',
    ...changes,
  });

async function scene() {
  const { store, run } = await openDesk();
  const needs = { image: store.image, services: [service], clock: stoppedClock(AT) };
  return { store, run, told: (exchange: ExchangeRecord) => explain(exchange, needs), needs };
}

test('names the stages as the journey does', () => {
  const code = readFileSync(new URL('../../src/journey.ts', import.meta.url), 'utf8');
  assert.deepEqual(
    [...stageWords.keys()],
    [...code.matchAll(/^ {4}\.to\((\w+)/gm)].map((match) => match[1]),
  );
});

test('names the stages of a question that no envelope brought as its own journey does', async () => {
  const code = readFileSync(new URL('../../src/inquiry.ts', import.meta.url), 'utf8');
  const remoteAddress = 'question-file:7f3c2a10-0000-4000-8000-000000000001';
  const stages = [...code.matchAll(/^ {6}\.to\((\w+)/gm)].map((match) => match[1] ?? '');
  assert.deepEqual([...stageWordsOf({ remoteAddress }).keys()], stages);
  assert.deepEqual(stageWordsOf({ remoteAddress: '::1' }), stageWords);
  const { told } = await scene();
  const found = await told(
    refused({
      ...asked,
      remoteAddress,
      code: '40003',
      stages: passed('put', 'validate', 'vouch', 'authorise'),
    }),
  );
  assert.equal(found.decidedBy, 'checkRegistration');
});

test('tells of an answer that every stage passed', async () => {
  const { told } = await scene();
  const found = await told(answered({ ...asked, stages: passed(...stageWords.keys()) }));
  assert.equal(found.decidedBy, null);
  assert.deepEqual(new Set(found.stages.map(({ verdict }) => verdict)), new Set(['passed']));
});

test('tells which stage decided, and why each grant did not do', async () => {
  const { store, told } = await scene();
  const [only] = (await store.image('none')).grants;
  assert.ok(only);
  const { id, ...before } = only;
  await store.apply([{ kind: 'grant', id, before, after: { ...before, validUntil: AT } }], 'an');
  const other = { ...before, uri: 'ander.example', hoedanigheid: '9', validFrom: new Date('2030-01-01') };
  await store.apply([{ kind: 'grant', id: null, before: null, after: other }], 'an');
  const found = await told(notGranted({ uri: 'stad.example', hoedanigheid: '6001' }));
  assert.equal(found.decidedBy, 'authorise');
  assert.deepEqual(
    found.stages.slice(5, 8).map(({ verdict }) => verdict),
    ['passed', 'decided', 'not reached'],
  );
  assert.deepEqual(
    found.considered.map(({ because }) => because),
    [
      [],
      ['it ended on 2026-03-02T10:00:00.000Z'],
      [
        'it is for ander.example, not stad.example',
        'it is for hoedanigheid 9, not 6001',
        'it begins on 2030-01-01T00:00:00.000Z',
      ],
    ],
  );
  assert.deepEqual(found.remedies, ['kruispunt grant change 1 --until never']);
  assert.equal(found.passesNow, false);
});

test('gives the line that would add the grant or the identity, and it works once a path is filled in', async () => {
  const { store, run, told } = await scene();
  await store.removeGrant(1);
  const [line = ''] = (await told(notGranted())).remedies;
  assert.equal(
    line,
    'kruispunt grant add --party Stad --uri stad.example --service GeefPersoon --version 02.02 ' +
      "--legal-basis 'the law it rests on' --from 2026-03-02 --visible PATH",
  );
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  await run(grant, ...words.slice(2).map((word) => (word === 'PATH' ? 'Persoon/INSZ' : word)));
  assert.equal((await told(notGranted())).passesNow, true);
  const claim = { reason: 'Stad may not speak for dorp.example (hoedanigheid 7)' };
  const found = await told(notGranted(claim));
  assert.equal(found.remedies[0], 'kruispunt party change Stad --add-identity dorp.example:7');
  assert.match(found.remedies[1] ?? '', /--uri dorp.example --hoedanigheid 7 /);
});

test('tells from where a party comes when a message came from elsewhere', async () => {
  const { store, told } = await scene();
  const [before = assert.fail()] = (await store.image('none')).parties;
  const after = { ...before, networks: ['192.0.2.0/24'] };
  await store.apply([{ kind: 'party', before, after }], 'an');
  const found = await told(notGranted({ reason: '198.51.100.7 is in none of the networks of Stad' }));
  assert.deepEqual(found.considered, [
    { what: 'party Stad, networks 192.0.2.0/24', because: ['198.51.100.7 is in none of them'] },
  ]);
  assert.deepEqual(found.remedies, ['kruispunt party change Stad --add-network 198.51.100.7']);
  await store.apply([{ kind: 'party', before: after, after: before }], 'an');
  assert.equal(
    (await told(notGranted({ reason: '198.51.100.7 is in none of the networks of Stad' }))).passesNow,
    true,
  );
});

test('says so when it would pass by now', async () => {
  const { told } = await scene();
  const found = await told(notGranted());
  assert.deepEqual([found.passesNow, found.remedies], [true, []]);
});

test('tells which registrations there are, and why each did not do', async () => {
  const { store, told } = await scene();
  const subject = { kind: 'person', number: '74651210490' } as const;
  const line = { partyId: 1, hoedanigheid: '6001', subject, begin: '2025-01-01', end: '2026-03-01' };
  await store.addRegistration(line);
  const record = refused({
    ...{
      ...asked,
      code: '40003',
      level: 3,
      stages: passed(
        'parse',
        'decrypt',
        'route',
        'validate',
        'verify',
        'refuseReplay',
        'authorise',
        'throttle',
      ),
    },
    ...{ uri: 'stad.example', hoedanigheid: '6001', subjects: [subject], reason: 'no registration' },
  });
  const found = await told(record);
  assert.equal(found.decidedBy, 'checkRegistration');
  assert.deepEqual(found.considered[0]?.because, ['it ended on 2026-03-01']);
  assert.deepEqual(found.remedies, [
    'kruispunt registration add --party Stad --hoedanigheid 6001 --person 74651210490 --begin 2026-03-02',
  ]);
  assert.equal(found.passesNow, false);
  const unnamed = await told({ ...record, subjects: [] });
  assert.match(unnamed.remedies[0] ?? '', /--person NUMBER/);
});

test('tells to which population and days a grant is limited, and how it would hold', async () => {
  const { told, store } = await scene();
  const [first] = (await store.image('none')).grants;
  assert.ok(first);
  const { id, ...before } = first;
  const after = { ...before, population: 'jeugd', dataFrom: '2020-01-01' };
  await store.apply([{ kind: 'grant', id, before, after }], 'an');
  const subjects = [{ kind: 'person', number: '74651210490' }] as const;
  const record = refused({ ...asked, level: 3, grantId: id, subjects, reason: 'not in it' });
  const outsider = await told({ ...record, code: '40005' });
  assert.deepEqual(outsider.considered[0]?.because, ['it is limited to population jeugd']);
  assert.equal(outsider.remedies[0], 'kruispunt population add jeugd --person 74651210490');
  const outside = await told({ ...record, code: '40004' });
  assert.deepEqual(outside.considered[0]?.because, ['it is for data from 2020-01-01 until ever']);
});

test('tells which paths a grant would need to let be written what was, and when it has them', async () => {
  const { told, store } = await scene();
  const [first] = (await store.image('none')).grants;
  assert.ok(first);
  const { id, ...before } = first;
  const writable = ['Bewijs/Naam', 'Bewijs/b:Taal/**'];
  await store.apply([{ kind: 'grant', id, before, after: { ...before, writable } }], 'an');
  const stages = passed(
    ...[
      'parse',
      'decrypt',
      'route',
      'validate',
      'verify',
      'refuseReplay',
      'authorise',
      'throttle',
      'checkRegistration',
      'checkPopulation',
    ],
    'checkPeriod',
  );
  const record = refused({
    ...asked,
    code: '40006',
    level: 3,
    grantId: id,
    stages,
    reason: 'not to be written',
  });
  const filtered = ['Bewijs/Graad', 'Bewijs/Graad/@schaal', 'Bewijs/Naam', 'Bewijs/Taal/Code'];
  const lacking = await told({ ...record, filtered });
  assert.equal(lacking.decidedBy, 'checkWritten');
  assert.match(lacking.rule ?? '', /what a question would write/);
  assert.deepEqual(lacking.considered[0]?.because, [
    'it lets Bewijs/Naam, Bewijs/b:Taal/** be written, and not Bewijs/Graad, Bewijs/Graad/@schaal',
  ]);
  assert.deepEqual(lacking.remedies, [
    `kruispunt grant change ${id} --add-writable Bewijs/Graad --add-writable Bewijs/Graad/@schaal`,
  ]);
  assert.equal(lacking.passesNow, false);
  const by = await told({ ...record, filtered: ['Bewijs/Naam', 'Bewijs/Taal/Code'] });
  assert.deepEqual([by.passesNow, by.remedies], [true, []]);
  const foreign = await told({ ...record, filtered: ['Bewijs/Taal/*'] });
  assert.match(
    foreign.remedies[0] ?? '',
    /leaves out what its contract does not declare \(Bewijs\/Taal\/\*\)/,
  );
  assert.equal(foreign.remedies[1], `kruispunt grant change ${id} --add-writable '**'`);
  // The part of an orchestration that was not granted has the same code.
  const part = await told({ ...record, stages: [...stages, ...passed('checkWritten')], filtered: [] });
  assert.match(part.rule ?? '', /the service of each part/);
});

test('tells of a certificate that is registered to nobody, and of a profile', async () => {
  const { told } = await scene();
  const record = refused({ code: 'ERR_025', stages: passed('parse', 'decrypt', 'route', 'validate') });
  const unknown = await told({ ...record, reason: 'certificate CN=x y,O=z is registered to no party' });
  assert.equal(unknown.decidedBy, 'verify');
  assert.deepEqual(unknown.remedies, ["kruispunt key add PARTY --certificate 'CN=x y,O=z'"]);
  const trust = createTrust({ authorities: [(await makeAuthority('Wortel CA')).certificate] });
  const self = new X509Certificate((await issue(undefined, 'zelf')).certificate).raw;
  const untrusted = await told({ ...record, reason: trust.explain([self], NOW).fault });
  assert.equal(untrusted.considered[0]?.what, 'certificate 1 of 1, from the message');
  assert.match(untrusted.considered[0]?.because.join() ?? '', /CN=zelf.*itself$/);
  assert.match(untrusted.remedies.join('\n'), /KRUISPUNT_AUTHORITIES\nkruispunt key diagnose FILE$/);
  const stages = passed('parse', 'decrypt', 'route', 'validate', 'verify');
  const again = await told({ ...record, stages, reason: 'the message was received before, in exchange 1' });
  assert.equal(again.decidedBy, 'refuseReplay');
  assert.match(again.rule ?? '', /once/);
  const lax = await told({ ...record, reason: 'no Timestamp: needs profile magda-2.0, Stad has strict' });
  assert.match(lax.remedies[1] ?? '', /party change Stad --profile magda-2.0 --profile-until DAY/);
});

test('tells of the source that was too slow, and of one without an address', async () => {
  const { told } = await scene();
  const stages = passed(
    ...[
      'parse',
      'decrypt',
      'route',
      'validate',
      'verify',
      'refuseReplay',
      'authorise',
      'throttle',
      'checkRegistration',
      'checkPopulation',
    ],
    'checkPeriod',
    'checkWritten',
  );
  const slow = await told(
    refused({
      ...{ ...asked, code: '99996', level: 2, stages, reason: 'too slow' },
      sources: [{ source: 'ksz', ms: 2001, outcome: '99996' }],
    }),
  );
  assert.equal(slow.decidedBy, 'answer');
  assert.match(slow.considered[0]?.what ?? '', /source ksz \(deadline 2000 ms/);
  assert.deepEqual(slow.remedies, ['kruispunt source change ksz --deadline 4000']);
  const all = passed(...stageWords.keys());
  assert.equal((await told(refused({ ...asked, code: '30001', stages: all }))).decidedBy, 'answer');
});

test('explains a code and a stage that it does not know by what was recorded', async () => {
  const { told } = await scene();
  const found = await told(refused({ ...asked, code: '77777', stages: passed('parse', 'gokken') }));
  assert.equal(found.decidedBy, null);
  assert.equal(found.stages[1]?.stage, 'gokken');
  assert.match(found.mend ?? '', /docs\/refusals.md/);
});

test('prints the trace for people, and refuses an exchange that is not there', async () => {
  const { store, needs } = await scene();
  const record = notGranted();
  await store.record(record);
  const terminal = paper();
  const all = () => ({ ...store, ...needs, who: 'an' });
  assert.equal(await auditViews(['explain', record.id], terminal, all), 0);
  assert.match(terminal.printed(), /^authorise +DECIDED +checks under which name/m);
  assert.match(terminal.printed(), /^value {4}Stad holds no grant/m);
  assert.match(terminal.printed(), /the sender was told level 2, 13001/);
  await assert.rejects(auditViews(['explain', 'x'], paper(), all), FailedError);
});

test('tells of a grant that has answers encrypted, and of a certificate that is not for that', async () => {
  const { told } = await scene();
  const reason = 'grant 1 has answers encrypted; certificate CN=stad is not for that';
  const found = await told({ ...notGranted({ uri: 'stad.example', hoedanigheid: '6001' }), reason });
  assert.match(found.considered[0]?.because[0] ?? '', /^certificate CN=stad is not for that: it must be RSA/);
  assert.deepEqual([found.remedies.length, found.passesNow], [1, null]);
});

test('tells at which stage a message that came encrypted was refused, whatever the sender was told', async () => {
  const { told } = await scene();
  const reason = '10001 in a message that came encrypted: schema: INSZ';
  const stages = passed('parse', 'decrypt', 'route');
  const found = await told(refused({ code: 'ERR_025', stages, reason }));
  assert.deepEqual([found.decidedBy, found.reason], ['validate', reason]);
  assert.match(found.rule ?? '', /a question that comes encrypted fits its schema/);
});
