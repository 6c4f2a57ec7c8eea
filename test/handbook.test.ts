import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { handbook, handbookPages } from '../src/cli/handbook.ts';
import { MARK } from '../src/cli/handbook-page.ts';
import { sampleQuestion } from '../src/cli/handbook-question.ts';
import { UsageError } from '../src/cli/output.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { repertoryCodes } from '../src/registers/repertory-codes.ts';
import { write } from '../src/xml/write.ts';
import { paper } from './cli/terminal.ts';
import { said } from './contract/fixture.ts';

const { services } = loadServices(['wsdl'], ['xsd']);
const codesOf = (code: string) => repertoryCodes.get(code) ?? null;
const pages = handbookPages(services, codesOf);
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
  assert.equal(await handbook(['--dir', folder], { terminal: paper(), services, codesOf }), 0);
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys(), 'notes.md'].sort());
  assert.equal(existsSync(join(folder, 'Gone-01.00.md')), false);
});

test('one service alone is printed, and one that is not there is named with those that are', async () => {
  const terminal = paper();
  await handbook(['--service', 'geefpersoon'], { terminal, services, codesOf });
  assert.equal(terminal.printed(), page('GeefPersoon-02.02').trimEnd());
  const asked = handbook(['--service', 'Nothing'], { terminal, services, codesOf });
  await assert.rejects(asked, (error) => error instanceof UsageError && /GeefPersoon/.test(error.message));
});
