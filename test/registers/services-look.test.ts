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
  manyDays,
  own,
  period,
  person,
} from './services-ask.ts';

const criteria = (rest = '', sender = {}) => ({
  service: 'GeefInschrijvingen',
  version: '01.00',
  inhoud: own('Criteria', rest, sender),
});
const mine = 'stad.example/burgerzaken';
const lines = [
  lineOf('2025-07-01', null, { subject: enterprise }),
  lineOf('2025-01-01', '2025-06-30'),
  lineOf('2026-01-01'),
  lineOf('2024-01-01', null, { partyId: neighbour.id }),
  lineOf('2024-01-01', null, { hoedanigheid: '7001' }),
];

test("shows one's own lines in the capacity in which one asks, by their begin, and nobody else's", async () => {
  const { lines: told, notices, record } = await ask(repertoryWorld(lines), criteria());
  assert.deepEqual(told, [
    `${mine} ${INSZ} 2025-01-01 2025-06-30`,
    `${mine} ${ENTERPRISE} 2025-07-01 open`,
    `${mine} ${INSZ} 2026-01-01 open`,
  ]);
  assert.deepEqual([notices, record.outcome, record.subjects], [[], 'answered', []]);
});

test('shows the lines on one subject, in either form', async () => {
  for (const subject of [insz(), aPerson()]) {
    const { lines: told, record } = await ask(repertoryWorld(lines), criteria(subject));
    assert.deepEqual(told, [`${mine} ${INSZ} 2025-01-01 2025-06-30`, `${mine} ${INSZ} 2026-01-01 open`]);
    assert.deepEqual(record.subjects, [person]);
  }
  const { lines: told } = await ask(repertoryWorld(lines), criteria(anEnterprise()));
  assert.deepEqual(told, [`${mine} ${ENTERPRISE} 2025-07-01 open`]);
});

test('shows the lines that hold on some day of a period, open on either side', async () => {
  const begins = async (rest: string) =>
    (await ask(repertoryWorld(lines), criteria(insz() + rest))).lines.map((line) => line.split(' ')[2]);
  assert.deepEqual(await begins(period('2025-06-30', '2025-12-31')), ['2025-01-01']);
  assert.deepEqual(await begins(period('2025-07-01', '2025-12-31')), []);
  assert.deepEqual(await begins(period(null, '2025-12-31')), ['2025-01-01']);
  assert.deepEqual(await begins(period('2025-07-01')), ['2026-01-01']);
  assert.deepEqual(await begins(period(null)), ['2025-01-01', '2026-01-01']);
});

test('answers with an empty list when there is nothing', async () => {
  const { lines: told, notices, record } = await ask(repertoryWorld(), criteria());
  assert.deepEqual([told, notices, record.outcome], [[], [], 'answered']);
});

test('breaks off after 1,000 lines, and says so with 30040', async () => {
  const all = await ask(repertoryWorld(manyDays(1_000)), criteria());
  assert.deepEqual([all.lines.length, all.notices], [1_000, []]);
  const most = await ask(repertoryWorld(manyDays(1_001)), criteria());
  assert.deepEqual([most.lines.length, most.notices], [1_000, ['30040 INFORMATIE']]);
  assert.deepEqual([most.record.outcome, most.record.code], ['answered', null]);
});

const refusals: Readonly<Record<string, readonly [code: string, rest: string, sender?: object]>> = {
  'a begin that is not in the calendar': ['20001', period('2026-02-30')],
  'an end that is not in the calendar': ['20001', period(null, '2026-00-00')],
  'check digits that do not fit': ['20002', insz('74651210491')],
  'a begin after the end': ['20003', period('2026-02-01', '2026-01-01')],
  'Identificatie of another': ['20005', '', { uri: 'elders.example/burgerzaken' }],
  'another Hoedanigheid of its own': ['20005', '', { hoedanigheid: '7001' }],
  'check digits of an enterprise that do not fit': ['20007', anEnterprise('0999990124')],
  'a kind of subject that the repertory does not hold': ['40034', concerned('VEST', ['VEST', INSZ])],
  'two subjects': ['40035', concerned('PERS', ['PERS', INSZ], ['PERS', '03682114287'])],
};

for (const [what, [code, rest, sender]] of Object.entries(refusals)) {
  test(`refuses to show with ${code}: ${what}`, async () => {
    const { lines: told, notices, record } = await ask(repertoryWorld(lines), criteria(rest, sender));
    assert.deepEqual([told, notices], [[], [`${code} FOUT`]]);
    assert.deepEqual([record.outcome, record.code, record.level], ['refused', code, 3]);
  });
}
