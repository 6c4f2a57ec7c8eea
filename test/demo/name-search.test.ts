import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchByName } from '../../src/demo/name-search.ts';
import { ask, sampleContent } from './question.ts';

const answers = { ZoekPersoonOpNaam: searchByName() };

/** Numbers of who is found, in no particular order. */
async function found(inhoud: string): Promise<readonly string[]> {
  const said = await ask(answers, 'ZoekPersoonOpNaam', inhoud);
  if (said.kind === 'refused') {
    assert.equal(said.why.number, '30001');
    return [];
  }
  assert.equal(said.kind, 'content');
  const written = JSON.stringify(said.kind === 'content' ? said.image.Personen : null);
  return [...written.matchAll(/"INSZ":"(\d+)"/g)].map(([, number]) => number ?? '').sort();
}

type Wording = { readonly first?: readonly string[]; readonly tolerance?: string; readonly more?: string };

const search = (last: string, date: string, { first = [], tolerance, more = '' }: Wording = {}) => {
  const names = first.map((name) => `<Voornaam>${name}</Voornaam>`).join('');
  const years = tolerance === undefined ? '' : `<Tolerantie>${tolerance}</Tolerantie>`;
  return found(
    `<Criteria><Naam><Achternaam>${last}</Achternaam>${names && `<Voornamen>${names}</Voornamen>`}</Naam>` +
      `<Geboorte><Datum>${date}</Datum>${years}</Geboorte>${more}</Criteria>`,
  );
};

const LIEVE = ['74651210490'];
const ZOFIA = ['88633046254'];

test('finds whom the sample of the catalogue asks for', async () => {
  assert.deepEqual(
    await found(sampleContent('ZoekPersoonOpNaam-02.02').replace('<Geslacht>2<', '<Geslacht>4<')),
    LIEVE,
  );
});

test('compares last names as a whole, whatever case and diacritics', async () => {
  assert.deepEqual(await search('MAES', '1974-05-12'), LIEVE);
  assert.deepEqual(await search('lukaszewicz-agaoglu', '1988-03-30'), ZOFIA);
  assert.deepEqual(await search('Mae', '1974-05-12'), []);
});

test('takes the beginnings of first names, in their order', async () => {
  const named = (...first: string[]) => search('Maes', '1974-05-12', { first });
  assert.deepEqual(await named('lie'), LIEVE);
  assert.deepEqual(await named('Lieve', 'Jo'), LIEVE);
  assert.deepEqual(await named('Johanna'), []);
  assert.deepEqual(await named('Lieve', 'Johanna', 'Maria'), []);
  assert.deepEqual(await search('Łukaszewicz-Ağaoğlu', '1988-03-30', { first: ['Z', 'em'] }), ZOFIA);
});

test('finds by an incomplete date of birth, asked or known', async () => {
  for (const date of ['1974-00-00', '1974-05-00', '1974-05-12', '0000-00-00'])
    assert.ok((await search('Maes', date)).includes('74651210490'), date);
  assert.deepEqual(await search('Maes', '1974-06-00'), []);
  assert.deepEqual(await search('Nazari', '1957-11-30'), ['57610121125']);
  assert.deepEqual(await search('Nazari', '1958-00-00'), []);
});

test('lets a date of birth differ by whole years, to the day', async () => {
  const within = (date: string, tolerance: string) => search('Maes', date, { tolerance });
  assert.deepEqual(await within('1976-05-12', '02'), LIEVE);
  assert.deepEqual(await within('1972-05-12', '02'), LIEVE);
  assert.deepEqual(await within('1976-05-13', '02'), []);
  assert.deepEqual(await within('1977-00-00', '02'), []);
  assert.deepEqual(await within('1960-00-00', '20'), ['45700714513', '74651210490']);
});

test('narrows by sex and by main residence', async () => {
  const also = (more: string) => search('Maes', '1974-05-12', { more });
  const lives = (land: string, gemeente: string) =>
    also(`<Adres><LandNISCode>${land}</LandNISCode><GemeenteNISCode>${gemeente}</GemeenteNISCode></Adres>`);
  assert.deepEqual(await also('<Geslacht>4</Geslacht>'), LIEVE);
  assert.deepEqual(await also('<Geslacht>3</Geslacht>'), []);
  assert.deepEqual(await lives('150', '44021'), LIEVE);
  assert.deepEqual(await lives('150', '31005'), []);
  assert.deepEqual(await lives('111', '44021'), []);
});

test('says of the deceased that they are', async () => {
  const said = await ask(
    answers,
    'ZoekPersoonOpNaam',
    '<Criteria><Naam><Achternaam>Maes</Achternaam></Naam><Geboorte><Datum>1945-10-07</Datum></Geboorte></Criteria>',
  );
  assert.match(JSON.stringify(said), /"INSZ":"45700714513".*"IsOverleden":"1"/);
});
