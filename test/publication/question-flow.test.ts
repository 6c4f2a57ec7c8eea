import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { NewBatch, NewQuestion } from '../../src/exchange/inquiry.ts';
import type { Intake } from '../../src/exchange/intake.ts';
import { questionFlow } from '../../src/publication/question-flow.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { grant, questionXml, service, serviceNamed, type Wording, wording } from '../support/message.ts';

const file: Intake = {
  ...{
    id: 4,
    partyId: 3,
    voucherId: randomUUID(),
    uri: wording.uri,
    hoedanigheid: '6001',
    legalBasis: 'wet',
  },
  ...{ service: 'GeefPersoon', version: '02.02', sequence: 1, fileName: 'vragen.xml', sha256: 'ab', size: 1 },
  ...{ records: 150, state: 'taking', takenRecords: 0, duplicates: 0, problems: [], receipt: null },
  ...{ at: new Date(0), endedAt: null, clearedAt: null },
};

type Taken = { readonly batch: NewBatch; readonly questions: readonly NewQuestion[]; readonly upTo: number };

function flow(granted = true) {
  const taken: Taken[] = [];
  const made = questionFlow(service, {
    grantFor: () => (granted ? grant : null),
    takeQuestions: async ({ upTo }, batch, questions) => void taken.push({ batch, questions, upTo }),
    markAsking: async () => true,
  });
  assert.ok(made);
  return { flow: made, kept: taken };
}

function handful(changes: Partial<Wording>, from = 0) {
  const { root } = parseTree(Buffer.from(questionXml(changes)));
  const vragen = root.child('Verzoek')?.child('Vragen');
  return { root, records: vragen?.children ?? [], from };
}

test('is there for services that read and have a place for several questions, and for no others', () => {
  const needs = { grantFor: () => grant, takeQuestions: async () => {}, markAsking: async () => true };
  const offered = (name: string) => questionFlow(serviceNamed(name), needs) !== null;
  assert.deepEqual(['GeefPersoon', 'GeefDossier', 'RegistreerBewijs', 'PersonInformation'].map(offered), [
    true,
    true,
    false,
    false,
  ]);
});

test('a party without any grant for the service lays nothing down', () => {
  assert.equal(flow().flow.denial({ ...file, partyId: 3 }, new Date(0)), null);
  assert.equal(flow(false).flow.denial({ ...file, partyId: 3 }, new Date(0))?.code, '13001');
});

test('a file says who sends it and what it asks as its voucher does, and names each question once', async () => {
  const problems = async (...some: readonly Partial<Wording>[]) => {
    const examine = flow().flow.examiner(file);
    const found: string[] = [];
    for (const [index, changes] of some.entries())
      found.push(...(await examine(handful(changes, index))).map(({ code, detail }) => `${code} ${detail}`));
    return found;
  };
  assert.deepEqual(await problems({}, { questionReference: 'b' }), []);
  assert.match((await problems({ uri: 'ander.example' }))[0] ?? '', /^FILE_DIFFERS .*Identificatie is ander/);
  assert.match((await problems({ hoedanigheid: null }))[0] ?? '', /^FILE_DIFFERS .*Hoedanigheid is left out/);
  assert.match(
    (await problems({ name: 'GeefIets' }))[0] ?? '',
    /^FILE_DIFFERS Context\/Naam is not GeefPersoon/,
  );
  assert.match((await problems({}, {}))[0] ?? '', /^RECORD_REPEATED/);
});

test('takes each question as it stands, under what its Context says, and has all of them asked', async () => {
  const { flow: made, kept } = flow();
  assert.deepEqual(await made.take(file, handful({ gebruiker: '74651210490' }, 7)), []);
  const [first] = kept;
  assert.equal(first?.upTo, 8);
  assert.deepEqual(first?.batch.sender, {
    ...{ uri: wording.uri, hoedanigheid: '6001', reference: wording.reference, endUser: '74651210490' },
  });
  assert.deepEqual(
    [first?.batch.owner, first?.batch.ownerId, first?.batch.voucherId],
    ['intake', 4, file.voucherId],
  );
  assert.equal(first?.questions[0]?.position, 8);
  assert.match(first?.questions[0]?.content ?? '', /^<Vraag><Referte>referte-van-de-vraag<.*<\/Vraag>$/);
  const queued: string[] = [];
  await made.taken(file, async (step, id) => void queued.push(`${step} ${id}`));
  assert.deepEqual(queued, ['ask intake-4-1', 'ask intake-4-101']);
  assert.equal(made.record.most, 1);
});
