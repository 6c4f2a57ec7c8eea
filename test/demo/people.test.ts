import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { demoParties } from '../../src/demo/parties.ts';
import { demoEnterprises } from '../../src/demo/people.ts';
import { dialectOf } from '../../src/dialect/dialect.ts';
import { isStructured } from '../../src/exchange/subject-number.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { write } from '../../src/xml/write.ts';
import { AT, contentOf, dispose, persons, response, service, verified } from '../support/message.ts';

/** An answer of a source that holds this person, held against the contract. */
function violationsOf(image: Record<string, unknown>): readonly string[] {
  const message = verified();
  const { readSender, writeReply } = dialectOf(service.rules);
  const markup = writeReply({
    response: { ...response, prefix: 'ns' },
    name: 'GeefPersoon',
    version: '02.02',
    at: AT,
    speaker: 'rr.example',
    reference: 'r',
    sender: readSender(message.question),
    answer: { reference: 'r', content: contentOf(image), notices: [] },
    notices: [],
  });
  const tree = parseTree(Buffer.from(write(markup)));
  const found = service.contract.violations(tree.root).map(({ path, message }) => `${path}: ${message}`);
  tree.dispose();
  dispose(message);
  return found;
}

test('knows people of every kind, and a first one for every party', () => {
  const behaviours = new Set(persons.map(({ behaviour }) => behaviour));
  for (const kind of [
    'answer',
    'unknown',
    'replaced',
    'slow',
    'down',
    'wrong',
    'invalid',
    'fault',
    'truncated',
  ])
    assert.ok(
      [...behaviours].some((each) => each === kind),
      kind,
    );
  assert.equal(persons[0]?.behaviour, 'answer');
});

for (const { insz, behaviour, note, person } of persons) {
  if (!person) continue;
  const wanted = behaviour === 'invalid' ? 'breaks the contract' : 'fits the contract';
  test(`${insz} ${wanted}: ${note}`, () => {
    const violations = violationsOf(person);
    if (behaviour === 'invalid') assert.ok(violations.length > 0);
    else assert.deepEqual(violations, []);
  });
}

test('names nobody who could exist: every number fits its check digits and has a month that no calendar has', () => {
  const numbers = new Set(JSON.stringify(persons).match(/(?<!\d)\d{11}(?!\d)/g));
  assert.ok(numbers.size > persons.length);
  for (const number of [...numbers, ...persons.map(({ insz }) => insz)]) {
    assert.ok(isStructured({ kind: 'person', number }), number);
    const month = Number(number.slice(2, 4));
    assert.ok(month >= 61 && month <= 72, number);
  }
});

test('has the person that a replaced number leads to, and every person once', () => {
  const numbers = persons.map(({ insz }) => insz);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const { behaviour, replacedBy } of persons)
    if (behaviour === 'replaced') assert.ok(numbers.includes(replacedBy ?? ''), replacedBy);
});

test('answers about the person that was asked for, but for the one that is there to show a mistake', () => {
  for (const { insz, behaviour, person } of persons)
    if (person) assert.equal(person.INSZ === insz, behaviour !== 'wrong', insz);
});

test('has enterprises and parties whose numbers fit', () => {
  const numbers = [
    ...demoEnterprises().map(({ ondernemingsnummer }) => ondernemingsnummer),
    ...demoParties.map(({ cbeNumber }) => cbeNumber),
  ];
  assert.ok(numbers.length > 5);
  for (const number of numbers) assert.ok(isStructured({ kind: 'enterprise', number }), number);
  assert.equal(new Set(demoParties.map(({ name }) => name)).size, demoParties.length);
});

const answers = globSync('test/envelopes/answers/*.xml');

test('keeps sample messages', () => assert.ok(answers.length > 0));

for (const file of answers) {
  test(`${file} fits the contract`, () => {
    const tree = parseTree(Buffer.from(readFileSync(file, 'utf8').replace(/^<\?xml[^>]*\?>\s*/, '')));
    const found = service.contract.violations(tree.root).map(({ path, message }) => `${path}: ${message}`);
    tree.dispose();
    assert.deepEqual(found, []);
  });
}
