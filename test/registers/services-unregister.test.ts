import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSZ } from '../support/message.ts';
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

const uitschrijving = (rest: string, sender = {}, version = '02.01') => ({
  service: 'RegistreerUitschrijving',
  version,
  inhoud: own('Uitschrijving', rest, sender),
});

for (const [version, subject] of [
  ['02.00', insz()],
  ['02.01', aPerson()],
] as const) {
  test(`cuts a period out of a line in the form of ${version}`, async () => {
    const world = repertoryWorld([lineOf('2025-01-01')]);
    const asked = uitschrijving(subject + period('2025-03-01', '2025-03-31'), {}, version);
    const { result, notices, record } = await ask(world, asked);
    assert.deepEqual([result, notices], ['1', []]);
    assert.deepEqual(world.lines(), [lineOf('2025-01-01', '2025-02-28'), lineOf('2025-04-01')]);
    assert.deepEqual([record.outcome, record.code, record.subjects], ['answered', null, [person]]);
  });

  test(`takes away every line when no period is given in the form of ${version}`, async () => {
    const world = repertoryWorld([lineOf('2020-01-01', '2020-12-31'), lineOf('2025-01-01')]);
    const { result } = await ask(world, uitschrijving(subject, {}, version));
    assert.equal(result, '1');
    assert.deepEqual(world.lines(), []);
  });
}

test('takes away what lies after a day, or before it', async () => {
  const after = repertoryWorld([lineOf('2025-01-01')]);
  await ask(after, uitschrijving(aPerson() + period('2026-01-01')));
  assert.deepEqual(after.lines(), [lineOf('2025-01-01', '2025-12-31')]);
  const before = repertoryWorld([lineOf('2025-01-01')]);
  await ask(before, uitschrijving(aPerson() + period(null, '2025-12-31')));
  assert.deepEqual(before.lines(), [lineOf('2026-01-01')]);
});

test('unregisters an enterprise', async () => {
  const world = repertoryWorld([lineOf('2025-01-01', null, { subject: enterprise })]);
  const { result, record } = await ask(world, uitschrijving(anEnterprise()));
  assert.equal(result, '1');
  assert.deepEqual([world.lines(), record.subjects], [[], [enterprise]]);
});

const refusals: Readonly<Record<string, readonly [code: string, rest: string, sender?: object]>> = {
  'a day that is not in the calendar': ['20001', aPerson() + period('2026-02-30')],
  'check digits that do not fit': ['20002', aPerson('74651210491')],
  'a begin after the end': ['20003', aPerson() + period('2026-02-01', '2026-01-01')],
  'a period that names no day': ['20004', aPerson() + period(null)],
  'an end in the future': ['20004', aPerson() + period('2026-01-01', '2026-03-03')],
  'Identificatie of another': ['20005', aPerson(), { uri: 'elders.example/burgerzaken' }],
  'another Hoedanigheid': ['20005', aPerson(), { hoedanigheid: '7001' }],
  'a begin before anybody lived': ['20006', aPerson() + period('1899-12-31')],
  'check digits of an enterprise that do not fit': ['20007', anEnterprise('0999990124')],
  'a period for an enterprise': ['30034', anEnterprise() + period('2026-01-01')],
  'a period without a registration': ['40003', aPerson() + period('2019-01-01', '2019-12-31')],
  'a subject of another type than is announced': ['40034', concerned('OND', ['PERS', INSZ])],
  'two subjects': ['40035', concerned('OND', ['OND', ENTERPRISE], ['OND', '0999990222'])],
};

for (const [what, [code, rest, sender]] of Object.entries(refusals)) {
  test(`refuses to unregister with ${code} and a result of 0: ${what}`, async () => {
    const lines = [lineOf('2025-01-01'), lineOf('2025-01-01', null, { subject: enterprise })];
    const world = repertoryWorld(lines);
    const { result, notices, record } = await ask(world, uitschrijving(rest, sender));
    assert.deepEqual([result, notices], ['0', [`${code} FOUT`]]);
    assert.deepEqual([record.outcome, record.code, record.level], ['refused', code, 3]);
    assert.deepEqual(world.lines(), lines);
  });
}

test("never touches another party's lines, or those of another capacity", async () => {
  const others = [
    lineOf('2025-01-01', null, { partyId: neighbour.id }),
    lineOf('2025-01-01', null, { hoedanigheid: '7001' }),
  ];
  const world = repertoryWorld(others);
  const { notices } = await ask(world, uitschrijving(aPerson()));
  assert.deepEqual(notices, ['40003 FOUT']);
  assert.deepEqual(world.lines(), others);
});
