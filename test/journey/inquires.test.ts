import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Inquiry } from '../../src/exchange/inquiry.ts';
import { inquiry } from '../../src/inquiry.ts';
import { grant, INSZ, party, service, wording } from '../support/message.ts';
import { failing, partsInMemory } from '../support/parts-in-memory.ts';
import { keys } from '../support/subject-keys.ts';

const VOUCHER = '7f3c2a10-0000-4000-8000-000000000001';
const vraag = (insz: string, changes = '') =>
  `<Vraag><Referte>v-1</Referte><Inhoud><Criteria><INSZ>${insz}</INSZ></Criteria>${changes}<Bron>RR</Bron>` +
  '<Taal>nl</Taal></Inhoud></Vraag>';

const asked = (content: string | null, changes: Partial<Inquiry> = {}): Inquiry => ({
  party,
  sender: { uri: wording.uri, hoedanigheid: '6001', reference: 'bestand-1', endUser: '74651210490' },
  ...{ service, template: null, question: { position: 1, content, subject: null } },
  certificate: { subject: 'CN=afnemer', fingerprint: 'ab' },
  route: { by: 'question-file', voucherId: VOUCHER },
  ...changes,
});

const inquire = async (question: Inquiry, ...world: Parameters<typeof partsInMemory>) => {
  const { parts, records, faults, calls } = partsInMemory(...world);
  const came = await inquiry({ ...parts, randomId: randomUUID, digestOf: keys.digest })(
    question,
    new AbortController().signal,
  );
  return { ...came, records, record: records[0], faults, calls };
};

test('answers a question of a file with an Antwoord, and the audit has all of it', async () => {
  const { answer, refusal, exchangeId, records, record } = await inquire(asked(vraag(INSZ)));
  assert.equal(refusal, null);
  assert.match(answer ?? '', /^<Antwoord><Referte>v-1<\/Referte><Inhoud>.*<INSZ>74651210490<\/INSZ>/);
  assert.equal(records.length, 1);
  assert.deepEqual(
    [record?.id, record?.party, record?.reference, record?.endUser, record?.remoteAddress],
    [exchangeId, party.name, 'bestand-1', '74651210490', `question-file:${VOUCHER}`],
  );
  assert.deepEqual([record?.subjects, record?.grantId], [[{ kind: 'person', number: INSZ }], 31]);
  assert.deepEqual(record?.certificate, { subject: 'CN=afnemer', fingerprint: 'ab' });
  assert.deepEqual(
    record?.stages.map(({ stage }) => stage),
    [
      ...['put', 'validate', 'vouch', 'authorise', 'checkRegistration', 'checkPopulation', 'checkPeriod'],
      ...['checkWritten', 'answer', 'translate', 'filter', 'compose', 'validateAnswer'],
    ],
  );
});

test('keeps no digest from which a question with one unknown number could be guessed', async () => {
  const content = vraag(INSZ);
  const { answer, record } = await inquire(asked(content));
  const bytes = [content, answer ?? ''].map((text) => Buffer.from(text, 'utf8'));
  assert.deepEqual([record?.digestIn, record?.digestOut], bytes.map(keys.digest));
  const plain = bytes.map((each) => hash('sha256', each, 'hex'));
  assert.ok(!plain.includes(record?.digestIn ?? '') && !plain.includes(record?.digestOut ?? ''));
});

test('asks for a subject with a template, in the name of the bus', async () => {
  const subject = { kind: 'person', number: INSZ } as const;
  const question = asked(null, {
    ...{ template: { Bron: 'RR', Taal: 'nl' }, question: { position: 3, content: null, subject } },
    ...{ certificate: null, route: { by: 'snapshot', voucherId: VOUCHER } },
  });
  const { answer, record } = await inquire(question);
  assert.match(answer ?? '', /<INSZ>74651210490<\/INSZ>/);
  assert.deepEqual([record?.certificate, record?.remoteAddress], [null, `snapshot:${VOUCHER}`]);
});

const refusedBy = (answer: string | null) => /<Identificatie>(\d+)<\/Identificatie>/.exec(answer ?? '')?.[1];

test('tells a refusal of any level in the Antwoord, and knows who asked', async () => {
  const unregistered = await inquire(asked(vraag(INSZ)), undefined, { isRegistered: async () => false });
  assert.deepEqual([unregistered.refusal, refusedBy(unregistered.answer)], ['40003', '40003']);
  assert.equal(unregistered.calls.length, 0);
  const unauthorised = await inquire(asked(vraag(INSZ)), undefined, { grantFor: () => null });
  assert.deepEqual([unauthorised.refusal, refusedBy(unauthorised.answer)], ['13001', '13001']);
  assert.match(unauthorised.answer ?? '', /^<Antwoord><Referte>v-1</);
  assert.deepEqual([unauthorised.record?.outcome, unauthorised.record?.party], ['refused', party.name]);
  const encrypted = await inquire(asked(vraag(INSZ)), undefined, {
    grantFor: () => ({ ...grant, encrypted: true }),
  });
  assert.deepEqual([encrypted.refusal, encrypted.calls.length], ['13001', 0]);
  assert.match(encrypted.answer ?? '', /Het antwoord moet versleuteld worden/);
  const stranger = await inquire(
    asked(vraag(INSZ), { sender: { ...asked(null).sender, uri: 'ander.example' } }),
  );
  assert.equal(refusedBy(stranger.answer), '13001');
  const malformed = await inquire(asked(vraag(INSZ, '<Meer/>')));
  assert.deepEqual([malformed.refusal, refusedBy(malformed.answer)], ['10001', '10001']);
  assert.equal(malformed.record?.certificate?.subject, 'CN=afnemer');
});

test('tells what a source failed to do, in the name of the source', async () => {
  const { answer, refusal } = await inquire(asked(vraag(INSZ)), failing('99997'));
  assert.deepEqual([refusal, refusedBy(answer)], ['99997', '99997']);
  assert.match(answer ?? '', /<Oorsprong>RR<\/Oorsprong>/);
});

test('keeps a question that cannot be put in the audit, as a fault of ours, and has no answer to it', async () => {
  const { answer, refusal, record, faults } = await inquire(asked(null));
  assert.deepEqual([answer, refusal, record?.outcome, faults.length], [null, 'internal', 'failed', 1]);
});
