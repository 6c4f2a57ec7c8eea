import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkFolder } from '../../src/contract/check-folder.ts';
import { loadPublications } from '../../src/contract/load-publications.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import type { SnapshotQuestion } from '../../src/exchange/publication.ts';
import { judgeQuestion } from '../../src/publication/judge-question.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const own = join(repository, 'wsdl/publicatie/PubliceerPersoon-02.02');
const xsd = [join(repository, 'xsd')];
const { services } = loadServices([join(repository, 'wsdl')], xsd);
const judge = judgeQuestion(services);
const folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
after(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(own, 'publication.yaml'), 'utf8');

function complaints(from: string | RegExp, to: string): string {
  const file = join(folder, 'changed', 'publication.yaml');
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, changed);
  const { publications, problems } = loadPublications([dirname(file)], xsd, judge);
  assert.deepEqual(publications, []);
  return problems.map(({ line, message }) => `${line} ${message}`).join('\n');
}

test('reads whom a snapshot asks, and that the question can be asked', () => {
  const { publications, problems } = loadPublications([own], xsd, judge);
  assert.deepEqual(problems, []);
  assert.deepEqual(publications[0]?.asks, {
    ...{
      service: 'GeefPersoon',
      version: '02.02',
      question: { Bron: 'RR', Taal: 'nl' },
      take: 'Inhoud/Persoon',
    },
  });
});

for (const [what, from, to, expected] of [
  ['no service to ask', /^asks:.*/ms, '', /^1 asks: .*kind: snapshot says which service it asks/],
  ['a service though sources tell it', 'kind: snapshot', 'kind: mutations', /^8 asks: only a publication of/],
  [
    'a service that is not there',
    'service: GeefPersoon',
    'service: GeefHuis',
    /^8 asks: there is no service/,
  ],
  ['CSV', /$/, 'csv: [Referte]\n', /csv: a snapshot has no CSV/],
] as const) {
  test(`says by line and key that a snapshot has ${what}`, () => {
    assert.match(complaints(from, to), expected);
  });
}

test('a question that could not be asked, or whose answer could not be published, is told apart', () => {
  const [publication] = loadPublications([own], xsd, judge).publications;
  assert.ok(publication?.asks);
  const { asks } = publication;
  const judged = (changes: Partial<SnapshotQuestion>) => judge(publication, { ...asks, ...changes }) ?? '';
  const question = { Bron: 'RR', Taal: 'nl' };
  assert.equal(judged({ question }), '');
  assert.match(judged({ version: '01.00' }), /^there is no service GeefPersoon 01.00/);
  assert.match(judged({ service: 'GeefGezinssamenstelling' }), /02.02 answers no Persoon at Inhoud/);
  assert.match(judged({ take: 'Inhoud/Persoon/Naam' }), /answers no Persoon at Inhoud.Persoon.Naam/);
  assert.match(judged({ service: 'GeefOnderneming', version: '02.00' }), /is not asked about one person/);
  assert.match(judged({ service: 'RegistreerBewijs', version: '02.00' }), /is no reading service/);
  assert.match(judged({ question: { Bron: 'RR' } }), /would not fit GeefPersoon: .*Taal/);
  assert.match(judged({ question: { ...question, Kleur: 'rood' } }), /would not fit GeefPersoon: .*Kleur/);
  assert.match(judged({ question: { ...question, Bron: 'XX' } }), /^Bron is XX, expected RR or KSZ/);
});

test('a folder that is checked is held against its own services and those beside it', async () => {
  const alone = join(folder, 'alone');
  cpSync(own, alone, { recursive: true });
  const code = new Map();
  const without = await checkFolder(alone, xsd, { code, services: () => [], judging: judgeQuestion });
  assert.match(without.problems[0]?.message ?? '', /^asks: there is no service GeefPersoon 02.02/);
  const beside = await checkFolder(alone, xsd, { code, services: () => services, judging: judgeQuestion });
  assert.deepEqual(beside.problems, []);
});
