import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deaf, listening, replying } from '../sources/listener.ts';
import { askAccounts, banks, ENTERPRISE, line, OTHER } from '../support/accounts.ts';

const FIRST = 'BTW BE49999000000171';
const SHARED = 'RSZ BE27999000000373';
const LAST = 'V BE38999000000272';

test('says that there are no data, and asks nobody, where the repertory names no source', async () => {
  for (const held of [[], [line('een', { dataType: 'functies' })], [line('een', { end: '2025-12-31' })]]) {
    const { record, calls, notices, asked } = await askAccounts({ held });
    assert.deepEqual([record?.code, calls, asked, notices], ['30001', [], [], ['30001 MAGDA FOUT']]);
    assert.deepEqual(
      record?.subjects.map(({ number }) => number),
      [ENTERPRISE],
    );
  }
});

test('passes the question on to the one source that holds the data', async () => {
  const { accounts, notices, asked, calls } = await askAccounts({ held: ['twee'] });
  assert.deepEqual([accounts, notices, asked, calls], [[SHARED, LAST], [], ['twee answered'], ['twee']]);
});

test('asks several and puts together what they say; what two say in the same words is there once', async () => {
  const { accounts, notices, asked, record, bodies, faults } = await askAccounts({
    held: ['twee', 'een', 'twee'],
  });
  assert.deepEqual([accounts, notices, faults], [[FIRST, SHARED, LAST], [], []]);
  assert.deepEqual([asked, record?.outcome], [['een answered', 'twee answered'], 'answered']);
  assert.ok(record?.sources.every(({ ms }) => ms > 0));
  const references = bodies.map((body) => /<Referte>([^<]*)/.exec(body)?.[1]);
  assert.equal(new Set(references).size, 2);
});

test('puts what only a later source has where the schema has its place', async () => {
  const { accounts, text, faults } = await askAccounts({ held: ['kaal', 'een'], options: ['kaal', 'een'] });
  assert.deepEqual([accounts, faults], [[FIRST, SHARED], []]);
  assert.equal(text.match(/<Ondernemingsnummer>/g)?.length, 1);
});

test('asks those that hold the data on the days of the question', async () => {
  const held = [line('een', { begin: '2019-01-01', end: '2019-12-31' }), line('twee')];
  const on = (begin: string, end: string) =>
    askAccounts({
      held,
      period: `<Datums><Periode><Begin>${begin}</Begin><Einde>${end}</Einde></Periode></Datums>`,
    });
  assert.deepEqual((await askAccounts({ held })).calls, ['twee']);
  assert.deepEqual((await on('2019-03-01', '2019-04-01')).calls, ['een']);
  assert.deepEqual((await on('2019-12-31', '2020-01-01')).calls, ['een', 'twee']);
  const ever = await askAccounts({ held, period: '<Datums><Aanduiding>1</Aanduiding></Datums>' });
  assert.deepEqual(ever.calls, ['een', 'twee']);
});

test('a source without data is told beside the others, and is no data where it is the only one', async () => {
  const some = await askAccounts({ held: ['leeg', 'een'] });
  assert.deepEqual([some.accounts, some.notices], [[FIRST, SHARED], ['30001 LEEG WAARSCHUWING']]);
  const none = await askAccounts({ held: ['leeg'] });
  assert.deepEqual([none.record?.code, none.notices], ['30001', ['30001 LEEG FOUT']]);
});

test('no data at several sources is no data', async () => {
  const leeg = banks.leeg;
  assert.ok(leeg);
  const { record, notices, faults } = await askAccounts({ held: ['leeg', 'ook'], sources: { ook: leeg } });
  assert.deepEqual([record?.outcome, record?.code, notices.length, faults], ['refused', '30001', 1, []]);
});

const ill = [
  ['silent', '99996', await listening(() => {}, { deadline: 300 })],
  ['busy', '99996', await listening(replying(503))],
  ['not there', '99997', await deaf()],
  ['truncated', '60007', await listening(replying(200, '<soap:Envelope'))],
  ['about another enterprise', '60007', banks.vreemd],
] as const;

for (const [what, code, source] of ill) {
  test(`gives what came, with a warning in the name of a source that is ${what}`, async () => {
    assert.ok(source);
    const { accounts, notices, record, asked } = await askAccounts({
      held: ['een', 'ziek'],
      sources: { ziek: source },
    });
    assert.deepEqual([accounts, notices], [[FIRST, SHARED], [`${code} ZIEK WAARSCHUWING`]]);
    assert.deepEqual([record?.outcome, asked], ['answered', ['een answered', `ziek ${code}`]]);
    assert.ok(record?.sources[1]?.reason);
  });
  test(`refuses the whole where the service says so and a source is ${what}`, async () => {
    assert.ok(source);
    const { text, notices, record, asked } = await askAccounts({
      ...{ held: ['een', 'ziek'], sources: { ziek: source }, choice: { partial: 'refuse' } },
    });
    assert.deepEqual([record?.outcome, record?.code, notices], ['refused', code, [`${code} ZIEK FOUT`]]);
    assert.equal(asked.length, 2);
    assert.doesNotMatch(text, /<IBAN>/);
  });
}

test('refuses where nothing came at all', async () => {
  const { record, notices } = await askAccounts({
    ...{ held: ['ziek', 'leeg'], sources: { ziek: await listening(replying(503)) } },
  });
  assert.deepEqual([record?.code, notices], ['99996', ['99996 ZIEK FOUT']]);
});

test('all sources together get no longer than the service says', async () => {
  const ziek = await listening(() => {}, { deadline: 5000 });
  const began = performance.now();
  const { accounts, notices } = await askAccounts({
    ...{ held: ['een', 'ziek'], sources: { ziek }, choice: { deadline: 200 } },
  });
  assert.ok(performance.now() - began < 1000);
  assert.deepEqual([accounts.length, notices], [2, ['99996 ZIEK WAARSCHUWING']]);
});

test('a source that service.yaml does not name, that nobody configured, or that has another number is not asked', async () => {
  const strange = ['onbekend', line('niemand'), line('twee', { heldAs: OTHER })] as const;
  const options = ['een', 'twee', 'niemand'];
  const { accounts, notices, calls, asked } = await askAccounts({ held: ['een', ...strange], options });
  assert.deepEqual([accounts, calls], [[FIRST, SHARED], ['een']]);
  assert.deepEqual(asked, ['een answered', 'twee 60011', 'niemand 60011', 'onbekend 60011']);
  assert.deepEqual(notices, [
    '60011 TWEE WAARSCHUWING',
    '60011 NIEM WAARSCHUWING',
    '60011 MAGDA WAARSCHUWING',
  ]);
  const all = await askAccounts({ held: ['een', 'onbekend'], options, choice: { partial: 'refuse' } });
  assert.deepEqual([all.record?.code, all.calls, all.asked], ['60011', [], ['onbekend 60011']]);
});

const doel = 'Onderneming/Bankrekeningen/Bankrekeningnummer/Doel';
const translating = (table: string) =>
  ['een', 'twee'].map((source) => ({ source, in: 'answer', path: doel, table, description: null }) as const);

test("translates each source's codes by its own table before they are together", async () => {
  const { accounts, faults } = await askAccounts({ held: ['een', 'twee'], codes: translating('doel') });
  assert.deepEqual(faults, []);
  // What was the same is not, now that each has its own meaning.
  assert.deepEqual(accounts, [
    'een:BTW BE49999000000171',
    'een:RSZ BE27999000000373',
    'twee:RSZ BE27999000000373',
    'twee:V BE38999000000272',
  ]);
});

test('shows no code that no table of its source has', async () => {
  const { record, faults } = await askAccounts({ held: ['een', 'twee'], codes: translating('leeg') });
  assert.deepEqual([record?.code, record?.sources.length, faults], ['99983', 2, []]);
  const other = await askAccounts({ held: ['twee', 'kaal'], codes: translating('leeg').slice(0, 1) });
  assert.deepEqual(other.accounts, [SHARED, LAST]);
});

test('shows of what was put together only what the grant shows', async () => {
  const list = 'Onderneming/Bankrekeningen/Bankrekeningnummer';
  const always = ['Ondernemingsnummer', 'AuthentiekBron/**', 'OndernemingOfVestiging/**'];
  const visible = [...always.map((each) => `Onderneming/${each}`), `${list}/Doel`, `${list}/IBAN`];
  const { accounts, text, record } = await askAccounts({ held: ['een', 'twee'], visible });
  assert.equal(accounts.length, 3);
  assert.doesNotMatch(text, /<BIC>/);
  assert.ok(record?.filtered.some((path) => path.endsWith('BIC')));
});
