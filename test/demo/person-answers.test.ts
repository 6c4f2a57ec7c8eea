import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personAnswers } from '../../src/demo/person-answers.ts';
import { ask, refusalOf } from './question.ts';

const answers = personAnswers();
const about = (service: string, insz: string) =>
  ask(answers, service, `<Criteria><INSZ>${insz}</INSZ></Criteria>`);
const household = (insz: string) => about('GeefGezinssamenstelling', insz);

async function members(insz: string): Promise<readonly string[]> {
  const said = await household(insz);
  assert.equal(said.kind, 'content');
  const written = JSON.stringify(said.kind === 'content' ? said.image.Gezinsleden : null);
  return [...written.matchAll(/"INSZ":"(\d+)"/g)].map(([, number]) => number ?? '');
}

test('gives every member of a household the same household', async () => {
  const family = ['72710321753', '74651210490', '03682114287'];
  for (const insz of family) assert.deepEqual(await members(insz), family);
});

test('gives the household of the new number, and says that it was replaced', async () => {
  assert.deepEqual(await members('90671541242'), ['90671551932']);
  const said = await household('90671541242');
  assert.deepEqual(said.kind === 'content' && said.remarks.map(({ number, type }) => [number, type]), [
    ['30004', 'WAARSCHUWING'],
  ]);
});

test('has no household of somebody it does not know, nor another one in its place', async () => {
  for (const insz of ['66612027169', '91620324669'])
    assert.equal(refusalOf(await household(insz)), '30001', insz);
});

test('misbehaves about a household as it does about the person', async () => {
  const kinds = async (insz: string) => [
    (await household(insz)).kind,
    (await about('GeefPersoon', insz)).kind,
  ];
  assert.deepEqual(await kinds('79662515255'), ['down', 'down']);
  assert.deepEqual(await kinds('85641839141'), ['fault', 'fault']);
  assert.deepEqual(await kinds('94703126805'), ['truncated', 'truncated']);
});

test('gives the person who was asked for, without a remark', async () => {
  const said = await about('GeefPersoon', '74651210490');
  assert.equal(said.kind, 'content');
  if (said.kind !== 'content') return;
  assert.match(JSON.stringify(said.image), /^\{"Persoon":\{.*"INSZ":"74651210490"/);
  assert.deepEqual(said.remarks, []);
});
