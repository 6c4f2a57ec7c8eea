import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { handbook, handbookPages } from '../src/cli/handbook.ts';
import { MARK } from '../src/cli/handbook-page.ts';
import { sampleQuestion } from '../src/cli/handbook-question.ts';
import { UsageError } from '../src/cli/output.ts';
import { codeRefusals } from '../src/code-refusals.ts';
import { loadPublications } from '../src/contract/load-publications.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { judgeQuestion } from '../src/publication/judge-question.ts';
import { publicationCodes } from '../src/publication/publication-codes.ts';
import { publicationServiceNames } from '../src/publication/publication-services.ts';
import { write } from '../src/xml/write.ts';
import { paper } from './cli/terminal.ts';
import { said } from './contract/fixture.ts';

const { services } = loadServices(['wsdl'], ['xsd']);
const { publications } = loadPublications(['wsdl'], ['xsd'], judgeQuestion(services));
const codesOf = codeRefusals;
const pages = handbookPages(services, publications, codesOf);
const page = (name: string) => pages.get(`${name}.md`) ?? '';
const FOLDER = 'docs/services';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-handbook-'));
after(() => rmSync(folder, { recursive: true }));

test('the pages that are kept are what the contracts and rules say now', () => {
  const kept = readdirSync(FOLDER).sort();
  const mend = `${FOLDER} is not current; run: npx kruispunt handbook --dir ${FOLDER}`;
  assert.deepEqual(kept, [...pages.keys()].sort(), mend);
  const other = kept.filter((name) => readFileSync(join(FOLDER, name), 'utf8') !== pages.get(name));
  assert.deepEqual(other, [], mend);
});

for (const { rules, contract } of services) {
  for (const operation of contract.operations) {
    test(`the sample question of ${rules.name} ${rules.version} is valid`, () => {
      const request = contract.model(operation.request);
      assert.ok(request);
      assert.deepEqual(said(contract, write(sampleQuestion(rules, operation, request))), []);
    });
  }
}

test('an element is told with its path, type, values and occurrence', () => {
  const text = page('GeefPersoon-02.02');
  assert.match(text, /\| `Criteria\/INSZ` \| INSZType \(xs:string\) \| 1 \| /);
  assert.match(text, /\| `Taal` \| TaalCodeType \(xs:language\): `nl` `fr` `de` `en` \| 1 \| /);
  assert.match(text, /\| `Persoon\/Naam\/[^`]+` \| /);
});

test('what chooses the source, and what is translated for it, is told', () => {
  const text = page('GeefPersoon-02.02');
  assert.match(text, /The value at `Bron`/);
  assert.match(text, /- `KSZ`: source `ksz`.*`\/personen\/\{Criteria\/INSZ\}`/);
  assert.match(text, /in the answer `Persoon\/Geslacht\/Code`, by table `geslacht` of source `ksz`/);
});

test('a refusal is told as its contract carries it, and only where a control can give it', () => {
  assert.match(page('GeefPersoon-02.02'), /\| `40003` \| 40003 in Antwoord\/Uitzonderingen \| /);
  assert.match(page('PersonInformation-01.00'), /\| `40003` \| status NO_RESULT MSG00012 \| /);
  assert.match(page('PersonInformation-01.00'), /\| `99996` \| fault 99996, reasonCode MSG00003 \| /);
  assert.match(page('GeefOnderneming-02.00'), /\| `20003` \| /);
  assert.doesNotMatch(page('GeefPersoon-02.02'), /\| `20003` \| /);
  assert.match(page('RegistreerInschrijving-02.01'), /\| `40143` \| /);
  assert.doesNotMatch(page('RegistreerInschrijving-02.01'), /\| `99996` \| /);
});

test('the services around publications tell what they refuse themselves, and nothing of sources', () => {
  assert.deepEqual([...publicationCodes.keys()].toSorted(), publicationServiceNames.toSorted());
  assert.match(page('GeefPersoonMutatiesNotificaties-02.00'), /\| `30014` \| 30014 in Antwoord\/Uitz/);
  assert.match(page('RegistreerMutatieNotificatie-02.01'), /\| `20008` \| /);
  assert.match(page('RegistreerAbonnement-01.00'), /\| `13001` \| .*; or the party has no grant for the pub/);
  for (const name of ['GeefPersoonMutatiesNotificaties-02.00', 'GeefAbonnementen-01.00'])
    assert.doesNotMatch(page(name), /\| `(99996|60007)` \| /);
});

test('a publication tells what its files hold, of which a grant may name parts, and how to subscribe', () => {
  const text = page('PubliceerMutatiePersoon-02.02');
  assert.match(text, /\| `INSZ` \| INSZType \(xs:string\) \| 1 \| /);
  assert.match(text, /`persoon\.publiceermutatiepersoon-0202_<yyyyMMddHHmmssSSS>\.xml`/);
  assert.match(text, /^- `Inhoud\/Persoon\/INSZ`$/m);
  assert.match(text, /subscription add .*--publication PubliceerMutatiePersoon --version 02\.02/);
  assert.match(
    page('PubliceerPersoon-02.02'),
    /\| Holds \| everybody as `GeefPersoon 02\.02` has them then \|/,
  );
  assert.match(
    pages.get('README.md') ?? '',
    /\| \[PubliceerPersoon 02\.02\]\(PubliceerPersoon-02\.02\.md\) \| snapshot \|/,
  );
});

test('what a client must fill in itself stands in the command to try', () => {
  const text = page('GeefOnderneming-02.00');
  assert.match(
    text,
    /npx kruispunt call GeefOnderneming --version 02\.00 \\\n {4}--set Criteria\/Ondernemingsnummer=\d{10}/,
  );
  assert.match(page('GeefPersoon-02.02'), /npx kruispunt call GeefPersoon --version 02\.02\n/);
});

test('a folder gets every page, loses those of services that are gone, and keeps what others wrote', async () => {
  writeFileSync(join(folder, 'Gone-01.00.md'), `${MARK}\n`);
  writeFileSync(join(folder, 'notes.md'), 'ours\n');
  assert.equal(await handbook(['--dir', folder], { terminal: paper(), services, publications, codesOf }), 0);
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys(), 'notes.md'].sort());
  assert.equal(existsSync(join(folder, 'Gone-01.00.md')), false);
});

test('one service alone is printed, and one that is not there is named with those that are', async () => {
  const terminal = paper();
  await handbook(['--service', 'geefpersoon'], { terminal, services, publications, codesOf });
  assert.equal(terminal.printed(), page('GeefPersoon-02.02').trimEnd());
  const asked = handbook(['--service', 'Nothing'], { terminal, services, publications, codesOf });
  await assert.rejects(asked, (error) => error instanceof UsageError && /GeefPersoon/.test(error.message));
});
