import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { runVerb, startProgram } from '../support/program.ts';

/** Services that a contract and a service.yaml make, asked for by the demo parties of one running bus. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder };
const program = await startProgram(settings);
after(() => program.stop());

const INSZ = '74651210490';
const COMPANY = '0999990222';

/** The values of a question, by their path below Vraag/Inhoud. */
type Values = Readonly<Record<string, string>>;

const REFERENCE = 'b1d7c1d0-6a53-4c1b-9c54-0a4d5f2e7100';
const supplier = (around: string): Values => ({
  [`${around}/Leverancier/Naam`]: 'Voorbeeldleverancier',
  [`${around}/Leverancier/Bewijsreferte`]: REFERENCE,
});
const named = (...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [`Bewijsregistratie/Bewijs/${path}/Naam`, path]));
const evidence: Values = {
  ...supplier('Bewijsregistratie'),
  ...named('Authenticiteit', 'Categorie', 'Graad', 'Onderwijsvorm', 'Bewijstype', 'Bewijsstaat', 'Instantie'),
  ...named('Onderwerp', 'Instelling', 'Schooltype'),
  'Bewijsregistratie/Bewijs/Onderwerp/Code': '0913',
  'Bewijsregistratie/Bewijs/Uitreikingsdatum/Jaar': '1996',
  'Bewijsregistratie/Bewijs/VolledigeNaam': 'Bachelor in de verpleegkunde',
  'Bewijsregistratie/Bewijs/Land/Code': 'BEL',
  'Bewijsregistratie/Bewijs/Taal/Code': 'nld',
};

function call(service: string, values: Values, ...args: string[]) {
  const set = Object.entries(values).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  return runVerb(['call', service, '--url', program.url, ...set, ...args], settings);
}

/** What came of a call, as it printed it, and as the audit has it. */
async function outcome(service: string, values: Values, ...args: string[]) {
  const { stdout, stderr } = await call(service, values, ...args);
  const exchange = /^exchange (\S+) /m.exec(stdout)?.[1];
  assert.ok(exchange, stdout + stderr);
  const shown = await runVerb(['audit', 'show', exchange, '--json'], settings);
  const code = /^refused at level \d with (\d+):/m.exec(stdout)?.[1] ?? null;
  return { code, said: stdout, audit: JSON.parse(shown.stdout) };
}

type Case = {
  readonly service: string;
  readonly values: Values;
  readonly says: RegExp;
  readonly subjects: readonly object[];
  readonly source: string;
};
const person = [{ kind: 'person', number: INSZ }];

const cases: readonly Case[] = [
  {
    service: 'GeefGezinssamenstelling',
    values: {},
    says: /Gezinslid DatumBegin="2012-09-01"\n +INSZ: 74651210490\n/,
    subjects: person,
    source: 'rijksregister',
  },
  {
    service: 'ZoekPersoonOpNaam',
    values: { 'Criteria/Naam/Achternaam': 'maes', 'Criteria/Geboorte/Datum': '1974-00-00' },
    says: /INSZ: 74651210490\n/,
    subjects: [],
    source: 'rijksregister',
  },
  {
    service: 'GeefOnderneming',
    values: { 'Criteria/Ondernemingsnummer': COMPANY, 'Criteria/Basisgegevens': '1' },
    says: /Naam: Voorbeeldbouw\n/,
    subjects: [{ kind: 'enterprise', number: COMPANY }],
    source: 'kbo',
  },
  {
    service: 'RegistreerBewijs',
    values: evidence,
    says: /Melding: OK\n/,
    subjects: person,
    source: 'led',
  },
  {
    service: 'AnnuleerBewijs',
    values: supplier('Bewijsannulatie'),
    says: /Melding: OK\n/,
    subjects: person,
    source: 'led',
  },
];

for (const { service, values, says, subjects, source } of cases) {
  describe(service, () => {
    test('is answered by its source, and is in the audit with whom it was about and who was asked', async () => {
      const { code, said, audit } = await outcome(service, values);
      assert.equal(code, null);
      assert.match(said, says);
      assert.match(said, /\nanswered\nsigned by CN=bus,/);
      assert.equal(`${audit.party} ${audit.service}`, `afnemer ${service}`);
      assert.deepEqual(audit.subjects, subjects);
      assert.deepEqual(
        audit.sources.map((each: { source: string; outcome: string }) => [each.source, each.outcome]),
        [[source, 'answered']],
      );
    });

    test('is refused to a party without a grant for it', async () => {
      const { code, audit } = await outcome(service, values, '--as', 'onbevoegd');
      assert.equal(code, '13001');
      assert.deepEqual(audit.sources, []);
    });
  });
}

test('shows a party of a household what it was granted, in each service something else', async () => {
  const household = await call('GeefGezinssamenstelling', {}, '--as', 'beperkt', '--raw');
  assert.equal(household.code, 0, household.stdout);
  assert.equal(household.stdout.match(/<INSZ>/g)?.length, 3);
  assert.match(household.stdout, /<Positie><Code>01<\/Code>/);
  assert.doesNotMatch(household.stdout, /<(Achternaam|Geboortedatum|Geslacht|Adressen|Woonvorm)[ >]/);
  const one = await call('GeefPersoon', {}, '--as', 'beperkt', '--raw');
  assert.match(one.stdout, /<Achternaam>Maes</);
  const { audit } = await outcome('GeefGezinssamenstelling', {}, '--as', 'beperkt');
  assert.ok(audit.filtered.includes('Gezinsleden/Gezinslid/Naam'), audit.filtered.join(' '));
});

test('lets a supplier write about whom it has a file on, and nobody else', async () => {
  const written = await outcome('RegistreerBewijs', evidence, '--as', 'leverancier');
  assert.equal(written.code, null);
  assert.equal(written.audit.party, 'leverancier');
  assert.deepEqual(written.audit.subjects, person);
  const another = await outcome('RegistreerBewijs', evidence, '--as', 'leverancier', '--insz', '03682114287');
  assert.equal(another.code, '40003');
  assert.deepEqual(another.audit.sources, []);
  const changed = { ...evidence, 'Bewijsregistratie/Bewijs/VolledigeNaam': 'Iets anders' };
  assert.equal((await outcome('RegistreerBewijs', changed, '--as', 'leverancier')).code, '50000');
  const away = supplier('Bewijsannulatie');
  assert.equal((await outcome('AnnuleerBewijs', away, '--as', 'leverancier')).code, null);
  assert.equal((await outcome('AnnuleerBewijs', away, '--as', 'leverancier')).code, '30001');
  assert.equal((await outcome('GeefPersoon', {}, '--as', 'leverancier')).code, '13001');
});

test('says in parties.json which services each party may use, and that every source listens', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, 'demo', name), 'utf8'));
  const may = (wanted: string) =>
    read('parties.json').find(({ name }: { name: string }) => name === wanted)?.may;
  for (const { service } of cases) assert.ok(may('afnemer').includes(service), service);
  assert.deepEqual(may('leverancier'), ['RegistreerBewijs', 'AnnuleerBewijs']);
  assert.deepEqual(may('beperkt'), [
    ...['GeefPersoon', 'GeefGezinssamenstelling', 'PersonInformation', 'GeefDossier', 'RegistreerBewijs'],
    ...['RegistreerAbonnement', 'StopAbonnement', 'GeefAbonnementen', 'PubliceerMutatiePersoon'],
    'PubliceerPersoon',
  ]);
  assert.deepEqual(may('onbevoegd'), []);
  for (const { source } of cases) assert.match(read('sources.json')[source], /^http:\/\/127\.0\.0\.1:\d+$/);
});
