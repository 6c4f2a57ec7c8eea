import assert from 'node:assert/strict';
import { test } from 'node:test';
import { said } from '../../src/demo/answerer.ts';
import { evidenceAnswers } from '../../src/demo/evidence-answers.ts';
import { ask, refusalOf, sampleContent } from './question.ts';

const evidence = sampleContent('RegistreerBewijs-02.00');
const cancellation = sampleContent('AnnuleerBewijs-02.00');
const DONE = said({ Melding: 'OK' });

function led() {
  const answers = evidenceAnswers();
  return {
    register: (content = evidence) => ask(answers, 'RegistreerBewijs', content),
    cancel: (content = cancellation) => ask(answers, 'AnnuleerBewijs', content),
  };
}

test('takes the same evidence again, however it is laid out', async () => {
  const { register } = led();
  assert.deepEqual(await register(), DONE);
  assert.deepEqual(await register(), DONE);
  assert.deepEqual(await register(evidence.replace(/>\s+</g, '><')), DONE);
});

test('refuses other evidence under a reference that is taken, and keeps the first', async () => {
  const { register } = led();
  await register();
  assert.equal(refusalOf(await register(evidence.replace('Onderscheiding', 'Voldoening'))), '50000');
  assert.equal(refusalOf(await register(evidence.replace('74651210490', '03682114287'))), '50000');
  assert.deepEqual(await register(), DONE);
});

test('tells suppliers and references apart', async () => {
  const { register } = led();
  await register();
  const other = evidence.replace('Onderscheiding', 'Voldoening');
  assert.deepEqual(await register(other.replace('Voorbeeldleverancier', 'Een ander')), DONE);
  assert.deepEqual(await register(other.replace('0a4d5f2e7002', '0a4d5f2e7003')), DONE);
});

test('takes evidence away once, and lets its reference be used again', async () => {
  const { register, cancel } = led();
  assert.equal(refusalOf(await cancel()), '30001');
  await register();
  assert.deepEqual(await cancel(), DONE);
  assert.equal(refusalOf(await cancel()), '30001');
  assert.deepEqual(await register(evidence.replace('Onderscheiding', 'Voldoening')), DONE);
});

test('takes nothing away from anybody but the holder', async () => {
  const { register, cancel } = led();
  await register();
  assert.equal(refusalOf(await cancel(cancellation.replace('74651210490', '03682114287'))), '30001');
  assert.deepEqual(await cancel(), DONE);
});

test('forgets everything when it stops', async () => {
  await led().register();
  assert.equal(refusalOf(await led().cancel()), '30001');
});
