import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pathMistakes, writableMistakes } from '../../src/cli/grant-paths.ts';
import { loadServices } from '../../src/contract/load-services.ts';

const folder = fileURLToPath(new URL('../fixtures/wsdl/foreign/Catalogue-01.00', import.meta.url));
const [catalogue] = loadServices([folder], []).services;
assert.ok(catalogue);
const mistakes = (...paths: string[]) => pathMistakes(catalogue, paths);

test('takes a path that the answer of any operation has, below its element', () => {
  assert.deepEqual(mistakes('loan/title', 'loan/due', 'count'), []);
  assert.deepEqual(mistakes('**'), []);
});

test('takes a path that several answers have and one of them can show', () => {
  assert.deepEqual(mistakes('number'), []);
});

test('says of a path that no answer has what there is instead', () => {
  assert.match(
    mistakes('loan/author').join(),
    /loan\/author: loan has no element author; there is title, due, fine/,
  );
});

test('says what a path cannot be shown without', () => {
  assert.match(
    mistakes('loan/title').join(),
    /loan is not shown: it is not valid without due; grant loan\/due/,
  );
});

test('holds what may be written against the question, and says what there is instead', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const [evidence] = loadServices([`${root}/wsdl/led/RegistreerBewijs-02.00`], [`${root}/xsd`]).services;
  assert.ok(evidence);
  const written = (...paths: string[]) => writableMistakes(evidence, paths).join();
  assert.equal(written('Bewijsregistratie/**'), '');
  assert.match(
    written('Bewijsregistratie/Kleur'),
    /Bewijsregistratie\/Kleur: Bewijsregistratie has no element Kleur; there is .*PersoonUitgereikt/,
  );
  assert.match(
    written('Bewijsregistratie/PersoonUitgereikt/**'),
    /Bewijsregistratie cannot be written: it is not valid without \w+; grant Bewijsregistratie\/\w+/,
  );
  assert.match(written('**', 'Bewijsregistratie/Kleur'), /has no element Kleur/);
  assert.equal(written('**', 'Bewijsregistratie/PersoonUitgereikt/**'), '');
  assert.match(written(), /it lets nothing be written: grant paths of the question, or \*\*/);
  assert.match(writableMistakes(catalogue, ['loan/title']).join(), /this service only reads/);
  assert.deepEqual(writableMistakes(catalogue, ['**']), []);
  assert.deepEqual(writableMistakes(catalogue, []), []);
});
