import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { said } from '../../src/demo/answerer.ts';
import { startSoapSource } from '../../src/demo/soap-source.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { contentOf, envelope, INSZ, personImage, questionXml, service } from '../support/message.ts';

const signed = { wanted: true };
const source = await startSoapSource(0, {
  served: () => [
    {
      service,
      answer: async () => said({ Persoon: personImage() }, [{ number: '1', type: 'INFORMATIE', text: 'ja' }]),
      contentOf: (image) => contentOf(Object(image.Persoon)),
    },
  ],
  speaker: 'bron.example',
  origin: 'BRON',
  clock: { now: () => new Date('2026-03-02T10:00:00.000Z') },
  checkSignature: () => {
    if (!signed.wanted) throw new Refusal('ERR_025', 'not signed');
  },
});
after(() => source.close());

async function post(body: string): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(source.url, { method: 'POST', body: envelope(body) });
  return { status: reply.status, text: await reply.text() };
}

test('answers the service whose element is in the Body, in its own name', async () => {
  const { status, text } = await post(questionXml());
  assert.equal(status, 200);
  assert.match(text, /GeefPersoonResponse/);
  assert.match(text, new RegExp(`<INSZ>${INSZ}</INSZ>`));
  assert.match(text, /<Identificatie>bron\.example<\/Identificatie>/);
  assert.match(text, /<Identificatie>1<\/Identificatie><Oorsprong>BRON<\/Oorsprong><Type>INFORMATIE<\/Type>/);
});

test('has a fault for an element that none of its services has', async () => {
  const { status, text } = await post(questionXml().replace('v02_02', 'v02_03'));
  assert.equal(status, 500);
  assert.match(text, /Fault/);
  assert.doesNotMatch(text, new RegExp(INSZ));
});

test('has a fault for who did not sign', async () => {
  signed.wanted = false;
  const { status, text } = await post(questionXml());
  signed.wanted = true;
  assert.equal(status, 500);
  assert.match(text, /ERR_025/);
  assert.doesNotMatch(text, new RegExp(INSZ));
});
