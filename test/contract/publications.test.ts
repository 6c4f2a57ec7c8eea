import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkFolder } from '../../src/contract/check-folder.ts';
import { loadPublications } from '../../src/contract/load-publications.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const own = join(repository, 'wsdl/publicatie/PubliceerMutatiePersoon-02.02');
const xsd = join(repository, 'xsd');
const folder = mkdtempSync(join(tmpdir(), 'publications-'));
after(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(own, 'publication.yaml'), 'utf8');

/** What is said of the repository's own file with one thing changed. */
function complaints(from: string | RegExp, to: string): readonly string[] {
  const file = join(folder, 'changed', 'publication.yaml');
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, changed);
  const { publications, problems } = loadPublications([dirname(file)], [xsd], () => null);
  assert.deepEqual(publications, []);
  return problems.map(({ line, message }) => `${line} ${message}`);
}

test('reads the publication of changes of persons', () => {
  const { publications, problems } = loadPublications([own], [xsd], () => null);
  assert.deepEqual(problems, []);
  const [publication] = publications;
  assert.deepEqual(
    [publication?.name, publication?.version, publication?.prefix, publication?.payload.name],
    ['PubliceerMutatiePersoon', '02.02', 'persoon', 'Persoon'],
  );
  assert.equal(
    publication?.root.namespace,
    'http://magda.vlaanderen.be/persoon/file/publiceermutatiepersoon/v02_02',
  );
  assert.deepEqual(publication?.subject, { kind: 'person', path: 'INSZ' });
  assert.equal(publication?.columns?.[0], 'Inhoud/Metadata/Type');
});

test('leaves out the files of a publication that has none in CSV', () => {
  const file = join(folder, 'without', 'publication.yaml');
  mkdirSync(dirname(file));
  writeFileSync(file, text.slice(0, text.indexOf('csv:')));
  assert.equal(loadPublications([dirname(file)], [xsd], () => null).publications[0]?.columns, null);
});

for (const [what, from, to, expected] of [
  ['an unknown key', /^prefix:/m, 'prefiks:', [/^1 prefix: expected string/, /^3 prefiks: unknown key/]],
  ['a version that is no text', '"02.02"', '2.2', [/^2 version: expected a quoted version/]],
  ['a prefix that is no word', 'prefix: persoon', 'prefix: ../persoon', [/^3 prefix: expected a word/]],
  [
    'a payload that no change holds',
    'payload: Persoon',
    'payload: Dossier',
    [/^5 payload: .*there is Metadata, Persoon/],
  ],
  [
    'a subject that no payload holds',
    'path: INSZ',
    'path: Nummer',
    [/^6 subject.path: Persoon holds no text at Nummer/],
  ],
  [
    'a column that is not there',
    'Inhoud/Metadata/Type',
    'Inhoud/Metadata/Soort',
    [/^8 csv.0: .*has no element Soort, there is Referte, Type, Datum/],
  ],
  [
    'a column that holds several values',
    'Persoon/Geslacht/Code',
    'Persoon/Naam/Achternamen/Achternaam',
    [/^11 csv.3: .*Achternaam may be there more than once/],
  ],
  [
    'a column that holds elements',
    'Inhoud/Persoon/INSZ',
    'Inhoud/Persoon/Naam',
    [/^10 csv.2: .*holds no text/],
  ],
  [
    'a root that the schema lacks',
    'publication: PubliceerMutatiePersoon',
    'publication: Iets',
    [/^1 publication: .*declares no element Iets/],
  ],
  [
    'a schema outside the folders',
    'schema: Persoon',
    'schema: ../Persoon',
    [/^4 schema: expected the path of an .xsd/],
  ],
  [
    'a schema that is in no folder',
    'PubliceerMutatiePersoon.xsd',
    'Niets.xsd',
    [/^4 schema: .*Niets.xsd is not below/],
  ],
] as const) {
  test(`says by line and key that it has ${what}`, () => {
    const said = complaints(from, to);
    assert.equal(said.length, expected.length, said.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(said[index] ?? '', pattern);
  });
}

test('publishes one name and version once', () => {
  const twin = join(folder, 'twins');
  for (const each of ['a', 'b']) {
    mkdirSync(join(twin, each), { recursive: true });
    writeFileSync(join(twin, each, 'publication.yaml'), text);
  }
  const { publications, problems } = loadPublications([twin], [xsd], () => null);
  assert.equal(publications.length, 1);
  assert.match(problems[0]?.message ?? '', /02\.02 is already published/);
});

test('checks the publications of a folder with its services', async () => {
  const { publications, problems } = await checkFolder(join(repository, 'wsdl/publicatie'), [xsd]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    publications.map(({ publication, version, formats }) => [publication, version, formats.join(' ')]),
    [
      ['PubliceerMutatiePersoon', '02.02', 'xml csv'],
      ['PubliceerPersoon', '02.02', 'xml'],
    ],
  );
  assert.deepEqual(
    publications.map(({ kind, asks }) => [kind, asks]),
    [
      ['mutations', null],
      ['snapshot', 'GeefPersoon 02.02'],
    ],
  );
});
