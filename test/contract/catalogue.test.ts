import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, test } from 'node:test';
import { fromJson } from '../../src/contract/json-markup.ts';
import { readContract } from '../../src/contract/load-contract.ts';
import { kszPerson } from '../../src/demo/ksz-person.ts';
import { demoPersons } from '../../src/demo/people.ts';
import type { Contract, ElementModel } from '../../src/exchange/contract.ts';
import { isStructured } from '../../src/exchange/subject-number.ts';
import { write } from '../../src/xml/write.ts';
import { modelOf, said } from './fixture.ts';

const SAMPLES = 'test/envelopes/answers/catalogue';

/** Contracts by the name of their folder, `<service>-<version>`. */
const catalogue = new Map(globSync('wsdl/**/*.wsdl').map((wsdl) => [basename(dirname(wsdl)), wsdl]));

const read = (path: string) => readFileSync(path, 'utf8').replace(/^<\?xml[^>]*\?>\s*/, '');
const sample = (name: string) => read(`${SAMPLES}/${name}.xml`);
const data = (name: string): unknown => JSON.parse(readFileSync(`src/demo/data/${name}.json`, 'utf8'));

function contractOf(name: string): Contract {
  const { contract, problems } = readContract(catalogue.get(name) ?? name, { roots: ['xsd'] });
  assert.deepEqual(problems, []);
  assert.ok(contract);
  return contract;
}

/** The same message with its root in a default namespace, as many clients write it. */
const inDefaultNamespace = (text: string) =>
  text
    .replace(/<([A-Za-z]\w*)(?=[\s/>])/g, '<$1 xmlns=""')
    .replaceAll('web:', '')
    .replace('xmlns:web', 'xmlns');

/** The same message with its children in the root's namespace, which no contract here allows. */
const qualified = (text: string) => text.replace(/<(\/?)(?=[A-Za-z]\w*[\s/>])/g, '<$1web:');

test('has a question and an answer for every service, and a service for every sample', () => {
  assert.ok(catalogue.size >= 11);
  for (const name of catalogue.keys())
    for (const part of ['request', 'answer']) assert.ok(existsSync(`${SAMPLES}/${name}.${part}.xml`), name);
  for (const file of globSync(`${SAMPLES}/*.xml`))
    assert.ok(catalogue.has(basename(file).replace(/\.\w+\.xml$/, '')), file);
});

for (const name of catalogue.keys()) {
  describe(name, () => {
    const contract = contractOf(name);

    test('offers one operation in SOAP 1.1 and 1.2, with an answer', () => {
      assert.equal(contract.operations.length, 1);
      const [operation] = contract.operations;
      assert.deepEqual(operation?.soap, ['1.1', '1.2']);
      assert.equal(operation?.style, 'document');
      assert.ok(operation?.response);
    });

    for (const part of ['request', 'answer']) {
      test(`fits its ${part}, whichever way the namespace is written`, () => {
        const text = sample(`${name}.${part}`);
        assert.deepEqual(said(contract, text), []);
        const other = inDefaultNamespace(text);
        assert.doesNotMatch(other, /web:/);
        assert.deepEqual(said(contract, other), []);
      });

      test(`refuses its ${part} with qualified children`, () => {
        assert.notDeepEqual(said(contract, qualified(sample(`${name}.${part}`))), []);
      });
    }
  });
}

test('fits the fault in which KSZ services tell what is no status', () => {
  const text = sample('PersonInformation-v1.fault');
  const contract = contractOf('PersonInformation-v1');
  assert.deepEqual(contract.operations[0]?.fault, {
    namespace: 'http://kszbcss.fgov.be/intf/PersonInformationService/v1',
    name: 'searchPersonBySsinFault',
  });
  assert.deepEqual(said(contract, text), []);
  assert.notDeepEqual(said(contract, text.replace('FATAL', 'ERROR')), []);
});

type Change = readonly [what: string, sample: string, from: RegExp, to: string];
const INSZ = '<INSZ>74651210490</INSZ>';

const changes: readonly Change[] = [
  [
    'a registration 02.00 without a period',
    'RegistreerInschrijving-02.00.request',
    /<Periode>[\s\S]*<\/Periode>/,
    '',
  ],
  ['a registration without a begin', 'RegistreerInschrijving-02.00.request', /<Begin>.*<\/Begin>/, ''],
  ['a date of two digits a year', 'RegistreerInschrijving-02.00.request', /<Begin>20/, '<Begin>'],
  [
    'a registration 02.01 without a subject',
    'RegistreerInschrijving-02.01.request',
    /<Subject>[\s\S]*<\/Subject>/,
    '',
  ],
  [
    'a subject of 02.01 in 02.00',
    'RegistreerUitschrijving-02.00.request',
    /<INSZ>.*<\/INSZ>/,
    '<BetrokkenSubject/>',
  ],
  ['an outcome that is neither 0 nor 1', 'RegistreerUitschrijving-02.01.answer', />1</, '>2<'],
  ['two ways to name a subject', 'GeefInschrijvingen-01.00.request', /<\/BetrokkenSubject>/, `$&${INSZ}`],
  ['a flag in words', 'GeefOnderneming-02.00.request', /<Basisgegevens>1/, '<Basisgegevens>ja'],
  ['a question without flags', 'GeefOnderneming-02.00.request', /<Basisgegevens>1<\/Basisgegevens>/, ''],
  [
    'a period and a flag for dates',
    'GeefOnderneming-02.00.request',
    /<Datums>/,
    '$&<Aanduiding>1</Aanduiding>',
  ],
  ['an account without a purpose', 'GeefOnderneming-02.00.answer', /<Doel>BTW<\/Doel>/, ''],
  [
    'a member of a household without a number',
    'GeefGezinssamenstelling-02.02.answer',
    /<INSZ>\d+<\/INSZ>/,
    '',
  ],
  [
    'a source where the household has none',
    'GeefGezinssamenstelling-02.02.request',
    /<Taal>/,
    '<Bron>RR</Bron>$&',
  ],
  [
    'a search without a date of birth',
    'ZoekPersoonOpNaam-02.02.request',
    /<Geboorte>[\s\S]*<\/Geboorte>/,
    '',
  ],
  [
    'a search by four first names',
    'ZoekPersoonOpNaam-02.02.request',
    /<Voornaam>Lieve<\/Voornaam>/,
    '$&$&$&$&',
  ],
  [
    'evidence without a reference',
    'RegistreerBewijs-02.00.request',
    /<Bewijsreferte>.*<\/Bewijsreferte>/,
    '',
  ],
  [
    'two remarks of one name',
    'RegistreerBewijs-02.00.request',
    /<Naam>Studieomvang</,
    '<Naam>Graad van verdienste<',
  ],
  ['a word of LED that is not OK', 'RegistreerBewijs-02.00.answer', /OK/, 'NOK'],
  [
    'a customer that is neither',
    'PersonInformation-v1.request',
    /<cbeNumber>\d+<\/cbeNumber>/,
    '<sector>17</sector>',
  ],
  [
    'a request without a legal context',
    'PersonInformation-v1.request',
    /<legalContext>.*<\/legalContext>/,
    '',
  ],
  ['a status that nobody knows', 'PersonInformation-v1.answer', /DATA_FOUND/, 'DATA_LOST'],
  ['a ticket of the bus that is no UUID', 'PersonInformation-v1.answer', /(?<=<ticketCBSS>)[^<]+/, 'ticket'],
  [
    'a cancellation with the evidence itself',
    'AnnuleerBewijs-02.00.request',
    /<\/PersoonUitgereikt>/,
    '$&<Bewijs/>',
  ],
];

describe('refuses', () => {
  for (const [what, name, from, to] of changes) {
    test(what, () => {
      const text = sample(name);
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      assert.notDeepEqual(said(contractOf(name.replace(/\.\w+$/, '')), changed), []);
    });
  }
});

test('takes a customer without files, or one who asks for all of them', () => {
  const contract = contractOf('GeefInschrijvingen-01.00');
  const question = sample('GeefInschrijvingen-01.00.request');
  const answer = sample('GeefInschrijvingen-01.00.answer');
  const none = answer.replace(/<Inschrijvingen>[\s\S]*<\/Inschrijvingen>/, '<Inschrijvingen/>');
  assert.deepEqual(said(contract, none), []);
  const all = question.replace(/<BetrokkenSubject>[\s\S]*<\/Periode>/, '');
  assert.deepEqual(said(contract, all), []);
  assert.deepEqual(
    said(contract, question.replace(/<BetrokkenSubject>[\s\S]*<\/BetrokkenSubject>/, INSZ)),
    [],
  );
});

/** A sample with one element replaced by the demo data's image of it. */
function withImage(contract: Contract, text: string, path: readonly string[], image: unknown): string {
  const [operation] = contract.operations;
  const answers = /Response xmlns/.test(text);
  const root = answers ? operation?.response : operation?.request;
  let model: ElementModel | undefined = root ? modelOf(contract, root) : undefined;
  for (const step of path) model = model?.children.find(({ name }) => name === step);
  if (!model) throw new Error(path.join('/'));
  const written = write(fromJson(model, image));
  return text.replace(new RegExp(`<${model.name}>[^]*</${model.name}>`), () => written);
}

const ANSWER = ['Repliek', 'Antwoorden', 'Antwoord', 'Inhoud'];
const entries = (name: string) => Object.entries<Record<string, unknown>>(Object(data(name)));

describe('demo data', () => {
  for (const [insz, household] of entries('households')) {
    test(`the household of ${insz} fits the contract and has the person in it`, () => {
      const contract = contractOf('GeefGezinssamenstelling-02.02');
      const text = sample('GeefGezinssamenstelling-02.02.answer');
      assert.deepEqual(said(contract, withImage(contract, text, [...ANSWER, 'Gezinsleden'], household)), []);
      assert.ok(JSON.stringify(household).includes(`"INSZ":"${insz}"`));
    });
  }

  for (const [number, enterprise] of entries('enterprise-images')) {
    test(`the enterprise ${number} fits the contract, and is itself`, () => {
      const contract = contractOf('GeefOnderneming-02.00');
      const text = sample('GeefOnderneming-02.00.answer');
      assert.deepEqual(said(contract, withImage(contract, text, [...ANSWER, 'Onderneming'], enterprise)), []);
      assert.equal(enterprise.Ondernemingsnummer, number);
    });
  }

  for (const [at, bewijs] of entries('bewijzen')) {
    test(`evidence ${at} fits the contract: ${bewijs.note}`, () => {
      const contract = contractOf('RegistreerBewijs-02.00');
      const path = ['Verzoek', 'Vragen', 'Vraag', 'Inhoud', 'Bewijsregistratie'];
      const text = sample('RegistreerBewijs-02.00.request');
      assert.deepEqual(said(contract, withImage(contract, text, path, bewijs.registratie)), []);
    });
  }

  for (const { insz, behaviour, person } of demoPersons()) {
    if (!person || behaviour === 'invalid' || behaviour === 'wrong') continue;
    test(`the person ${insz} fits the KSZ contract too`, () => {
      const contract = contractOf('PersonInformation-v1');
      const text = sample('PersonInformation-v1.answer');
      const written = withImage(contract, text, ['result', 'person'], kszPerson(person));
      assert.deepEqual(said(contract, written), []);
      assert.ok(written.includes(`<person><ssin>${insz}</ssin>`));
    });
  }

  test('names nobody and no enterprise that could exist', () => {
    const listed = entries('enterprises').map(([, { ondernemingsnummer }]) => String(ondernemingsnummer));
    for (const [number] of entries('enterprise-images')) assert.ok(listed.includes(number), number);
    for (const number of listed) assert.ok(isStructured({ kind: 'enterprise', number }), number);
    const text = ['households', 'enterprise-images', 'bewijzen']
      .map((name) => JSON.stringify(data(name)))
      .join();
    const persons = new Set(text.match(/(?<=INSZ":")\d+/g));
    assert.ok(persons.size > 80);
    for (const number of persons) {
      assert.ok(isStructured({ kind: 'person', number }), number);
      assert.match(number, /^\d\d(6[1-9]|7[0-2])/);
    }
  });
});
