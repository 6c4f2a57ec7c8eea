import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { journey } from '../../src/journey.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { AT, contentOf, INSZ, personImage, receive, SOAP12, service } from '../support/message.ts';
import {
  busSubject,
  knowing,
  partsInMemory,
  referenceIn,
  signedQuestion,
  sourceReply,
  travel,
  trust,
} from '../support/parts-in-memory.ts';
import { received } from '../support/signed-message.ts';

test('answers a signed question with what the source knows, signed, in the terms of the asker', async () => {
  const { parts, records, faults } = partsInMemory();
  const { status, soap, bytes, refusal } = await travel(parts, signedQuestion());
  assert.deepEqual([status, soap, refusal, faults], [200, '1.1', null, []]);
  const { envelope, dispose } = received(bytes);
  assert.equal(verifyReply(envelope, { trust, at: AT }).subject, busSubject);
  const reply = readPayload(envelope);
  assert.deepEqual(service.contract.violations(reply), []);
  const at = (path: string) =>
    path.split('/').reduce((here: typeof reply | null | undefined, name) => here?.child(name), reply)?.text;
  assert.equal(at('Repliek/Context/Bericht/Ontvanger/Referte'), 'referte-van-de-afnemer');
  assert.equal(at('Repliek/Context/Bericht/Ontvanger/Identificatie'), 'stad.example/burgerzaken');
  assert.equal(at('Repliek/Context/Bericht/Ontvanger/Hoedanigheid'), '6001');
  assert.equal(at('Repliek/Context/Bericht/Afzender/Referte'), records[0]?.id);
  assert.equal(at('Repliek/Antwoorden/Antwoord/Referte'), 'referte-van-de-vraag');
  assert.equal(at('Repliek/Antwoorden/Antwoord/Inhoud/Persoon/INSZ'), INSZ);
  dispose();
});

test('answers in the SOAP version of the question', async () => {
  const { parts } = partsInMemory();
  const { soap, bytes } = await travel(parts, signedQuestion({}, { soap: SOAP12 }));
  const { envelope, dispose } = received(bytes);
  assert.deepEqual([soap, envelope.soap], ['1.2', '1.2']);
  dispose();
});

test('writes the whole answer to the audit, and of the messages only their digests', async () => {
  const { parts, records } = partsInMemory();
  await travel(parts, signedQuestion({ gebruiker: '74651210490' }));
  const [record] = records;
  assert.equal(records.length, 1);
  assert.deepEqual(
    record?.stages.map(({ stage }) => stage),
    [
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
      'checkPeriod',
      'checkWritten',
      'answer',
      'translate',
      'filter',
      'compose',
      'validateAnswer',
      'sign',
    ],
  );
  assert.deepEqual([record?.outcome, record?.code, record?.level], ['answered', null, null]);
  assert.deepEqual([record?.party, record?.endUser, record?.grantId], ['Stad Voorbeeld', '74651210490', 31]);
  assert.deepEqual(record?.subjects, [{ kind: 'person', number: INSZ }]);
  assert.equal(record?.legalBasis, 'Voorbeelddecreet, artikel 1');
  assert.match(record?.certificate?.subject ?? '', /^CN=afnemer,/);
  assert.deepEqual(
    record?.sources.map(({ source, outcome }) => [source, outcome]),
    [['rijksregister', 'answered']],
  );
  const spent = (record?.stages ?? []).reduce((sum, { ms }) => sum + ms, 0);
  assert.ok(spent > 0 && (record?.duration ?? 0) >= spent);
  assert.match(record?.digestIn ?? '', /^[0-9a-f]{64}$/);
  assert.doesNotMatch(JSON.stringify(records), /Maes|Lieve/);
});

test('does not mix two questions that travel at once', async () => {
  const waiting: (() => void)[] = [];
  const { parts, records } = partsInMemory(async (source, call, signal) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return knowing(source, call, signal);
  });
  const asked = ['74651210490', '03682114287'];
  const answers = asked.map((insz) =>
    travel(parts, signedQuestion({ insz, reference: `van-${insz}`, questionReference: `vraag-${insz}` })),
  );
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const go of waiting.reverse()) go();
  const replies = await Promise.all(answers);
  asked.forEach((insz, index) => {
    const other = asked[1 - index];
    const text = replies[index]?.text ?? '';
    assert.ok(text.includes(`<INSZ>${insz}</INSZ>`) && text.includes(`van-${insz}`), insz);
    assert.ok(!text.includes(`van-${other}`) && !text.includes(`vraag-${other}`), `${insz} got ${other}`);
  });
  assert.equal(new Set(records.map(({ id }) => id)).size, 2);
});

test('gives every reply the references of its own question, whatever they are', async () => {
  const { parts } = partsInMemory(async (_source, call) => ({
    status: 200,
    body: sourceReply(referenceIn(call), { content: contentOf(personImage()) }),
  }));
  const go = journey(parts);
  const legal = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => /^[^\p{C}\s\ufffe\uffff]+$/u.test(text) && text.length <= 36);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(legal, legal), { minLength: 1, maxLength: 4 }), async (pairs) => {
      const replies = await Promise.all(
        pairs.map(([reference, questionReference]) =>
          go(receive(signedQuestion({ reference, questionReference })), new AbortController().signal),
        ),
      );
      replies.forEach(({ bytes, refusal }, index) => {
        assert.equal(refusal, null);
        const { envelope, dispose } = received(bytes);
        const reply = readPayload(envelope).child('Repliek');
        const context = reply?.child('Context')?.child('Bericht')?.child('Ontvanger')?.child('Referte');
        const answer = reply?.child('Antwoorden')?.child('Antwoord')?.child('Referte');
        assert.deepEqual([context?.text, answer?.text], pairs[index]);
        dispose();
      });
    }),
    { numRuns: 25 },
  );
});
