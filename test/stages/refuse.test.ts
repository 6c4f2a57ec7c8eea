import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, type RefusalCode, refusals } from '../../src/exchange/refusal.ts';
import { refuse } from '../../src/stages/refuse.ts';
import { write } from '../../src/xml/write.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT, dispose, envelope, questionXml, receive, SOAP12, verified } from '../support/message.ts';

/** A seal that signs nothing: what is told shows as it was written. */
const faults: unknown[] = [];
const tell = refuse({
  seal: async (canonical) => canonical,
  sealFault: async (fault) => Buffer.from(write(fault)),
  speaker: 'vip',
  clock: stoppedClock(AT),
  onFault: (error) => faults.push(error),
  untilBeat: async () => {},
});
const text = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString('utf8');
const codes = Object.keys(refusals) as RefusalCode[];

test('tells every refusal in a reply that fits the contract once the sender is known, but for level 1', async () => {
  for (const code of codes) {
    const message = verified();
    const said = await tell(new Refusal(code, 'geheim', null, { origin: 'RR' }), message);
    assert.equal(text(said).includes('Fault>'), refusals[code].level === 1, code);
    assert.doesNotMatch(text(said), /geheim/);
    if (refusals[code].level > 1) assert.match(text(said), /<Oorsprong>RR<\/Oorsprong><Type>FOUT<\/Type>/);
    dispose(message);
  }
});

test('tells whoever is not known to have signed nothing but a fault, whatever the code', async () => {
  for (const code of codes) {
    const said = await tell(new Refusal(code, 'geheim'), receive(envelope(questionXml())));
    assert.match(text(said), /^<soap:Fault/, code);
    assert.doesNotMatch(text(said), /geheim|stad\.example|referte-van/);
  }
});

test('answers what it could not read in the SOAP version that the bytes speak of', async () => {
  const versions = [
    [`<s:Envelope xmlns:s="${SOAP12}"`, '1.2'],
    ['<s:Envelope', '1.1'],
    ['', '1.1'],
  ] as const;
  for (const [raw, version] of versions)
    assert.equal((await tell(new Refusal('10001', ''), receive(raw))).soap, version);
});

test('keeps what went wrong with itself from the sender, and tells it at home', async () => {
  faults.length = 0;
  const said = await tell(new TypeError('geheim'), receive('<'));
  assert.deepEqual([said.status, said.refusal?.code], [500, 'internal']);
  assert.match(said.refusal?.message ?? '', /TypeError: geheim/);
  assert.doesNotMatch(text(said), /geheim/);
  assert.equal(faults.length, 1);
});
