import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSZ } from '../support/message.ts';
import { stranger } from '../support/parts-in-memory.ts';
import { neighbour, repertoryWorld } from '../support/repertory.ts';
import {
  anEnterprise,
  aPerson,
  ask,
  concerned,
  ENTERPRISE,
  enterprise,
  insz,
  lineOf,
  own,
  period,
  person,
} from './services-ask.ts';

const inschrijving = (rest: string, sender = {}) => ({ inhoud: own('Inschrijving', rest, sender) });

test('registers a person in the form of 02.00', async () => {
  const world = repertoryWorld();
  const asked = { version: '02.00', ...inschrijving(insz() + period('2026-01-01', '2026-12-31')) };
  const { notices, result, described, record } = await ask(world, asked);
  assert.deepEqual([notices, result, described], [[], '1', 'Wel geslaagd']);
  assert.deepEqual(world.lines(), [lineOf('2026-01-01', '2026-12-31')]);
  const { outcome, code, party, subjects, service, version, sources } = record;
  assert.deepEqual(
    { outcome, code, party, subjects, service, version, sources },
    {
      ...{ outcome: 'answered', code: null, party: 'Stad Voorbeeld', subjects: [person] },
      ...{ service: 'RegistreerInschrijving', version: '02.00', sources: [] },
    },
  );
});

test('registers a person in the form of 02.01, open at its end', async () => {
  const world = repertoryWorld();
  const { result } = await ask(world, inschrijving(aPerson() + period('2026-01-01')));
  assert.equal(result, '1');
  assert.deepEqual(world.lines(), [lineOf('2026-01-01')]);
});

test('registers an enterprise from today on, in Belgium', async () => {
  const world = repertoryWorld();
  const { result, record } = await ask(world, inschrijving(anEnterprise()));
  assert.equal(result, '1');
  assert.deepEqual(world.lines(), [lineOf('2026-03-02', null, { subject: enterprise })]);
  assert.deepEqual(record.subjects, [enterprise]);
});

test('makes one line of what overlaps', async () => {
  const world = repertoryWorld([lineOf('2025-01-01', '2025-06-30'), lineOf('2025-09-01', '2025-12-31')]);
  const { result, notices } = await ask(world, inschrijving(aPerson() + period('2025-06-30', '2025-09-01')));
  assert.deepEqual([result, notices], ['1', []]);
  assert.deepEqual(world.lines(), [lineOf('2025-01-01', '2025-12-31')]);
});

test('warns with 40143 of days that were registered already: what was asked holds, so the result is 1', async () => {
  const world = repertoryWorld([lineOf('2025-01-01')]);
  const { result, notices, record } = await ask(world, inschrijving(aPerson() + period('2025-02-01')));
  assert.deepEqual([result, notices], ['1', ['40143 WAARSCHUWING']]);
  assert.deepEqual([record.outcome, record.code, record.level], ['answered', null, null]);
  assert.deepEqual(world.lines(), [lineOf('2025-01-01')]);
});

const two = concerned('PERS', ['PERS', INSZ], ['PERS', '03682114287']);
const since = period('2026-01-01');

const refusals: Readonly<Record<string, readonly [code: string, rest: string, sender?: object]>> = {
  'a day that is not in the calendar': ['20001', aPerson() + period('2026-02-30')],
  'a month left open': ['20001', aPerson() + period('2026-00-00')],
  'check digits of a person that do not fit': ['20002', aPerson('74651210491') + since],
  'an enterprise number in place of an INSZ': ['20002', aPerson(ENTERPRISE) + since],
  'a begin after the end': ['20003', aPerson() + period('2026-02-01', '2026-01-01')],
  'Identificatie of another': ['20005', aPerson() + since, { uri: 'elders.example/burgerzaken' }],
  'another Hoedanigheid': ['20005', aPerson() + since, { hoedanigheid: '7001' }],
  'an empty Hoedanigheid': ['20005', aPerson() + since, { hoedanigheid: '' }],
  'a begin tomorrow': ['20006', aPerson() + period('2026-03-03')],
  'a begin before anybody lived': ['20006', aPerson() + period('1899-12-31')],
  'check digits of an enterprise that do not fit': ['20007', anEnterprise('0999990124')],
  'an INSZ in place of an enterprise number': ['20007', anEnterprise(INSZ)],
  'a period for an enterprise': ['30034', anEnterprise() + since],
  'a person without a period': ['40034', aPerson()],
  'a kind of subject that the repertory does not hold': [
    '40034',
    concerned('VESTIGING', ['VESTIGING', INSZ]) + since,
  ],
  'a kind of subject that any JavaScript object knows': [
    '40034',
    concerned('constructor', ['constructor', INSZ]) + since,
  ],
  'a subject of another type than is announced': ['40034', concerned('PERS', ['OND', ENTERPRISE]) + since],
  'two subjects of different types': [
    '40034',
    concerned('PERS', ['PERS', INSZ], ['OND', ENTERPRISE]) + since,
  ],
  'two subjects': ['40035', two + since],
};

for (const [what, [code, rest, sender]] of Object.entries(refusals)) {
  test(`refuses to register with ${code} and a result of 0: ${what}`, async () => {
    const world = repertoryWorld();
    const { result, notices, described, record } = await ask(world, inschrijving(rest, sender));
    assert.deepEqual([result, described, notices], ['0', 'Niet geslaagd', [`${code} FOUT`]]);
    assert.deepEqual([record.outcome, record.code, record.level], ['refused', code, 3]);
    assert.equal(record.party, 'Stad Voorbeeld');
    assert.deepEqual(world.lines(), []);
  });
}

test('refuses an empty Hoedanigheid although the Context names none either', async () => {
  const world = repertoryWorld();
  const asked = inschrijving(aPerson() + since, { hoedanigheid: '' });
  const { result, notices } = await ask(world, { hoedanigheid: null, ...asked });
  assert.deepEqual([result, notices], ['0', ['20005 FOUT']]);
});

test('names every subject of a refused registration in the audit, if its number is one', async () => {
  const several = await ask(repertoryWorld(), inschrijving(two + since));
  assert.deepEqual(several.record.subjects, [person, { kind: 'person', number: '03682114287' }]);
  const none = await ask(repertoryWorld(), inschrijving(aPerson('Jan Jansens') + since));
  assert.deepEqual(none.record.subjects, []);
});

test('never merges with the lines of another party, or of another capacity', async () => {
  const others = [
    lineOf('2025-01-01', null, { partyId: neighbour.id }),
    lineOf('2025-01-01', null, { hoedanigheid: '7001' }),
  ];
  const world = repertoryWorld(others);
  const { notices } = await ask(world, inschrijving(aPerson() + since));
  assert.deepEqual(notices, []);
  assert.deepEqual(world.lines(), [...others, lineOf('2026-01-01')]);
});

test('writes for who signed, under the capacity in which it signed', async () => {
  const world = repertoryWorld();
  const uri = 'elders.example/burgerzaken';
  await ask(world, { uri, ...inschrijving(aPerson() + since, { uri }) }, stranger);
  assert.deepEqual(world.lines(), [lineOf('2026-01-01', null, { partyId: neighbour.id })]);
});
