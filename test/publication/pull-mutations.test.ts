import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PullBatch, PullQuestion } from '../../src/exchange/pull.ts';
import type { Delivered, Subscription } from '../../src/exchange/subscription.ts';
import { AT, grant, INSZ, party, wording } from '../support/message.ts';
import { publicationWorld } from '../support/publication-world.ts';
import { ask, pulling } from './services-ask.ts';

const RECEIPT = '00000000-0000-4000-8000-000000000001';

const subscription: Subscription = {
  ...{ id: 1, partyId: party.id, uri: wording.uri, hoedanigheid: '6001', kind: 'mutations', schedule: '' },
  ...{ publication: 'PubliceerMutatiePersoon', version: '02.02', timeZone: 'UTC', format: 'xml', filter: [] },
  ...{ legalBasis: 'Decreet A', channel: 'pull', emptyFiles: false, retentionDays: 30, validFrom: AT },
  ...{ validUntil: null, stoppedAt: null },
};

const delivered: Delivered = {
  ...{
    deliveryId: 9,
    id: '7',
    reference: 'm-1',
    type: '02',
    occurredOn: '2026-03-01',
    acceptedAt: AT,
    remarks: null,
  },
  subject: { kind: 'person', number: INSZ },
  content:
    `<Persoon><INSZ>${INSZ}</INSZ><Naam><Achternamen><Achternaam>Maes</Achternaam></Achternamen></Naam>` +
    '<Geboorte><Datum>1974-05-12</Datum></Geboorte></Persoon>',
};

/** Whoever asks has this subscription and may see these paths; what it is given was frozen with `visible`. */
function waiting(subscribed: Partial<Subscription>, granted: readonly string[] | null, visible = ['**']) {
  const asked: PullQuestion[] = [];
  const pull = async (question: PullQuestion) => {
    asked.push(question);
    for (const each of question.subscriptions) question.freeze(each);
    const batch: PullBatch = {
      ...{ id: 1, subscriptionId: 1, receipt: RECEIPT, visible, grantId: 1, legalBasis: 'Decreet A' },
      ...{ records: 1, givenAt: AT, acknowledgedAt: null },
    };
    return { batch, records: [delivered] };
  };
  const grantFor = () => granted && { ...grant, visible: granted };
  const world = publicationWorld(true, { pull, grantFor });
  world.subscriptions.push({ ...subscription, ...subscribed });
  return { world, asked };
}

const shown = /<INSZ>|<Achternaam>|<Datum>1974/g;

test('a subscriber is told what changed, with a receipt, and the audit has whom it was about', async () => {
  const { world, asked } = waiting({ filter: ['Naam/**'] }, ['**']);
  const { told, receipt, notices, record } = await ask(world, pulling());
  assert.deepEqual([told.length, receipt, notices, record.reason], [1, RECEIPT, [], null]);
  assert.match(told[0] ?? '', /^<Onderwerp><Referte>7<\/Referte><Inhoud><Metadata><Referte>m-1<\/Referte>/);
  assert.deepEqual(record.subjects, [{ kind: 'person', number: INSZ }]);
  assert.deepEqual([record.service, record.outcome], ['GeefPersoonMutatiesNotificaties', 'answered']);
  const [question] = asked;
  assert.equal(question?.receipt, null);
  assert.deepEqual(question?.freeze(subscription).visible, ['**']);
  const { visible, legalBasis } = question?.freeze({ ...subscription, filter: ['Naam/**'] }) ?? assert.fail();
  assert.deepEqual([visible, legalBasis], [['Naam/**', 'INSZ'], 'Decreet A']);
  await ask(world, pulling(`<Ontvangstreferte>${RECEIPT}</Ontvangstreferte>`));
  assert.equal(asked[1]?.receipt, RECEIPT);
});

test('nothing is shown that was hidden then, nor what is hidden now', async () => {
  const seen = async (granted: readonly string[], visible: string[]) =>
    (await ask(waiting({}, granted, visible).world, pulling())).told[0]?.match(shown);
  assert.deepEqual(await seen(['**'], ['**']), ['<INSZ>', '<Achternaam>', '<Datum>1974']);
  assert.deepEqual(await seen(['**'], ['INSZ', 'Naam/**']), ['<INSZ>', '<Achternaam>']);
  assert.deepEqual(await seen(['INSZ'], ['INSZ', 'Naam/**']), ['<INSZ>']);
});

test('nothing is taken out of what waits by who has no right to it, no subscription, or another name', async () => {
  const refused = async (
    subscribed: Partial<Subscription>,
    granted: readonly string[] | null,
    question = pulling(),
  ) => {
    const { world, asked } = waiting(subscribed, granted);
    const { notices, told, receipt } = await ask(world, question);
    assert.deepEqual([told, receipt], [[], null]);
    return `${notices.join()} ${asked.length}`;
  };
  assert.equal(await refused({}, null), '13001 FOUT 0');
  assert.equal(await refused({}, ['Naam/**']), '15021 FOUT 1', 'refused while the batch is being made');
  for (const others of [{ partyId: 99 }, { hoedanigheid: '7001' }, { uri: 'elders.example' }])
    assert.equal(await refused(others, ['**']), '30001 FOUT 0');
  assert.equal(await refused({ channel: 'files' }, ['**']), '30001 FOUT 0');
  assert.equal(await refused({ kind: 'snapshot' }, ['**']), '30001 FOUT 0');
  assert.equal(await refused({}, ['**'], pulling('', 'elders.example')), '20005 FOUT 0');
});

test('what a stopped subscription has left can be asked for beside that of a new one', async () => {
  const { world, asked } = waiting({ stoppedAt: AT }, ['**']);
  world.subscriptions.push({ ...subscription, id: 2 });
  await ask(world, pulling());
  assert.deepEqual(
    asked[0]?.subscriptions.map(({ id }) => id),
    [1, 2],
  );
});

test('a database that fails is 60009', async () => {
  const world = publicationWorld(true, { pull: () => Promise.reject(new Error('the disk is full')) });
  world.subscriptions.push(subscription);
  const { notices, record } = await ask(world, pulling());
  assert.deepEqual(notices, ['60009 FOUT']);
  assert.match(record.reason ?? '', /the disk is full/);
});
