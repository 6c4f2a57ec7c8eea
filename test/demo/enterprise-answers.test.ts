import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterpriseAnswers } from '../../src/demo/enterprise-answers.ts';
import { ask, refusalOf, sampleContent } from './question.ts';

const answers = enterpriseAnswers();
const question = (number: string, flags: string) =>
  ask(
    answers,
    'GeefOnderneming',
    `<Criteria><Ondernemingsnummer>${number}</Ondernemingsnummer>${flags}</Criteria>`,
  );

async function blocks(flags: string): Promise<readonly string[]> {
  const said = await question('0999990222', flags);
  assert.equal(said.kind, 'content');
  return said.kind === 'content' ? Object.keys(Object(said.image.Onderneming)) : [];
}

const ALWAYS = ['Ondernemingsnummer', 'AuthentiekBron', 'OndernemingOfVestiging'];

test('gives every block that the sample of the catalogue asks for', async () => {
  const said = await ask(answers, 'GeefOnderneming', sampleContent('GeefOnderneming-02.00'));
  const written = JSON.stringify(said);
  for (const block of ['Namen', 'Vestigingen', 'Bankrekeningen', 'Functies', 'Hoedanigheden', 'Duurtijd'])
    assert.ok(written.includes(`"${block}":`), block);
});

test('gives nothing but the number where every flag is 0 or absent', async () => {
  const none = '<Basisgegevens>0</Basisgegevens><Functies><Aanduiding>0</Aanduiding></Functies>';
  assert.deepEqual(await blocks(none), ALWAYS);
});

test('gives a block for its own flag, the basic ones for theirs', async () => {
  const few = '<Basisgegevens>0</Basisgegevens><Bankrekeningen>1</Bankrekeningen>';
  assert.deepEqual(await blocks(few), [...ALWAYS, 'Bankrekeningen']);
  const nested =
    '<Basisgegevens>0</Basisgegevens><Functies><Aanduiding>1</Aanduiding><Onderneming>0</Onderneming></Functies>';
  assert.deepEqual(await blocks(nested), [...ALWAYS, 'Functies']);
  const basic = await blocks('<Basisgegevens>1</Basisgegevens>');
  assert.ok(basic.includes('Namen') && basic.includes('Adressen') && basic.includes('Duurtijd'));
  for (const other of ['Bankrekeningen', 'Functies', 'Vestigingen', 'Rechtstoestanden'])
    assert.ok(!basic.includes(other), other);
});

test('does not know a number that nobody has', async () => {
  assert.equal(refusalOf(await question('0999992497', '<Basisgegevens>1</Basisgegevens>')), '40046');
});
