import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AT, party, wording } from '../support/message.ts';
import { publicationWorld } from '../support/publication-world.ts';
import { ask, listing, stopping, subscribing } from './services-ask.ts';

const SNAPSHOT = 'PubliceerPersoon';
const law = '<Rechtsgrond>Decreet A</Rechtsgrond>';

const daily = `<Planning>0 3 * * *</Planning>${law}`;

test('a consumer subscribes in its own name, sees its subscriptions and stops them', async () => {
  const world = publicationWorld();
  const made = await ask(world, subscribing(`<Soort>MOMENTOPNAME</Soort>${daily}`, SNAPSHOT));
  assert.deepEqual([made.result, made.number, made.notices], ['1', '1', []]);
  assert.deepEqual(world.subscriptions, [
    {
      ...{ id: 1, partyId: party.id, uri: wording.uri, hoedanigheid: '6001' },
      ...{ publication: SNAPSHOT, version: '02.02', kind: 'snapshot', format: 'xml' },
      ...{ schedule: '0 3 * * *', timeZone: 'Europe/Brussels', filter: [], legalBasis: 'Decreet A' },
      ...{ channel: 'files', emptyFiles: false, retentionDays: 30, validFrom: AT, validUntil: null },
      stoppedAt: null,
    },
  ]);
  const asked =
    '<Planning>30  4 * * MON</Planning><Tijdzone>UTC</Tijdzone><Formaat>CSV</Formaat>' +
    `<Filter><Pad>INSZ</Pad><Pad>Naam/**</Pad></Filter>${law}<Kanaal>OPVRAGING</Kanaal>` +
    '<LegeBestanden>1</LegeBestanden><Bewaartermijn>7</Bewaartermijn>' +
    '<Periode><Begin>2026-07-01</Begin><Einde>2026-12-31</Einde></Periode>';
  await ask(world, subscribing(asked));
  const { id: _, partyId: __, ...terms } = world.subscriptions[1] ?? assert.fail();
  assert.deepEqual(terms, {
    ...{ uri: wording.uri, hoedanigheid: '6001', publication: 'PubliceerMutatiePersoon', version: '02.02' },
    ...{ kind: 'mutations', schedule: '30 4 * * MON', timeZone: 'UTC', format: 'csv' },
    ...{ filter: ['INSZ', 'Naam/**'], legalBasis: 'Decreet A', channel: 'pull', emptyFiles: true },
    ...{ retentionDays: 7, validFrom: new Date('2026-06-30T22:00:00Z') },
    ...{ validUntil: new Date('2026-12-31T23:00:00Z'), stoppedAt: null },
  });
  assert.deepEqual((await ask(world, listing())).listed, [
    '1 0 3 * * * XML -',
    '2 30 4 * * MON CSV 2026-12-31',
  ]);
  assert.equal((await ask(world, stopping(1))).result, '1');
  assert.equal((await ask(world, stopping(1))).result, '1', 'again');
  assert.equal((await ask(world, listing())).listed.length, 1);
  assert.equal((await ask(world, listing('<OokGestopte>true</OokGestopte>'))).listed.length, 2);
});

test('a subscription is of the kind of its publication', async () => {
  const world = publicationWorld();
  const refused = async (rest: string, publication?: string) => {
    const { result, notices, circumstances } = await ask(world, subscribing(rest, publication));
    return [result, ...notices, ...circumstances].join(' ');
  };
  assert.equal(await refused(daily, SNAPSHOT), '0 20009 FOUT Soort: PubliceerPersoon is of MOMENTOPNAME');
  assert.equal(
    await refused(`<Soort>MOMENTOPNAME</Soort>${daily}`),
    '0 20009 FOUT Soort: PubliceerMutatiePersoon is of MUTATIES',
  );
  const pulled = `<Soort>MOMENTOPNAME</Soort>${daily}<Kanaal>OPVRAGING</Kanaal>`;
  assert.match(await refused(pulled, SNAPSHOT), /^0 20009 FOUT Kanaal: snapshots .* are laid down as files/);
  assert.deepEqual(world.subscriptions, []);
});

test('whoever asks itself needs no schedule', async () => {
  const world = publicationWorld();
  assert.equal((await ask(world, subscribing(`${law}<Kanaal>OPVRAGING</Kanaal>`))).result, '1');
  const [made] = world.subscriptions;
  assert.deepEqual([made?.channel, made?.schedule], ['pull', '']);
  assert.deepEqual((await ask(world, listing())).listed, ['1 - XML -']);
});

test('a second one on the same is declined, with the number of the first', async () => {
  const world = publicationWorld();
  await ask(world, subscribing());
  const second = await ask(world, subscribing());
  assert.deepEqual(
    [second.result, second.notices, second.circumstances],
    ['0', ['40146 FOUT'], ['Nummer 1']],
  );
});

test('a subscription of another party, or in another capacity, is neither seen nor stopped', async () => {
  const world = publicationWorld();
  await ask(world, subscribing());
  const [own] = world.subscriptions;
  assert.ok(own);
  for (const other of [{ partyId: 99 }, { hoedanigheid: '7001' }, { uri: 'elders.example' }]) {
    world.subscriptions.splice(0, 1, { ...own, ...other });
    assert.deepEqual((await ask(world, listing())).listed, []);
    const stopped = await ask(world, stopping(1));
    assert.deepEqual([stopped.result, stopped.notices], ['0', ['30001 FOUT']]);
    assert.equal(world.subscriptions[0]?.stoppedAt, null);
  }
});

test('nobody subscribes to what no grant of today gives', async () => {
  const world = publicationWorld(false);
  const { notices, record } = await ask(world, subscribing());
  assert.deepEqual([notices, record.code], [['13001 FOUT'], '13001']);
  assert.deepEqual(world.subscriptions, []);
});

test('terms that cannot be kept are declined, with what would be right', async () => {
  const world = publicationWorld();
  const declined = async (rest: string) => {
    const { result, notices, circumstances } = await ask(world, subscribing(rest));
    assert.equal(result, '0');
    return `${notices.join()} ${circumstances.join()}`;
  };
  const plan = (text: string) => `<Planning>${text}</Planning>`;
  assert.match(await declined(plan('0 0 30 2 *') + law), /^20009 FOUT .*never comes/);
  assert.match(await declined(plan('elke nacht') + law), /^20009 FOUT .*is not a schedule/);
  assert.match(
    await declined(`${plan('0 3 * * *')}<Tijdzone>Mars/Base</Tijdzone>${law}`),
    /^20009 FOUT .*not a time zone/,
  );
  assert.match(
    await declined(`${plan('0 3 * * *')}<Filter><Pad>Kleur</Pad></Filter>${law}`),
    /^20009 FOUT Filter: .*Kleur/,
  );
  assert.match(await declined(law), /^20009 FOUT .*not a schedule/);
  const period = (begin: string, end: string) =>
    `${plan('0 3 * * *')}${law}<Periode><Begin>${begin}</Begin><Einde>${end}</Einde></Periode>`;
  assert.match(await declined(period('2026-07-01', '2026-06-30')), /^20003 FOUT/);
  assert.match(await declined(period('2026-07-01', '2026-06-31')), /^20001 FOUT/);
  assert.deepEqual(world.subscriptions, []);
});
