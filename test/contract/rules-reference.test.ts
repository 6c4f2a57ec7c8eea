import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkRules } from '../../src/contract/read-rules.ts';
import { service } from '../support/accounts.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-reference-'));
after(() => rmSync(folder, { recursive: true }));
const own = fileURLToPath(
  new URL('../../wsdl/onderneming/GeefOnderneming-02.00/service.yaml', import.meta.url),
);

const sources = `sources:
  reference: rekeningen
  merge: Onderneming/Bankrekeningen/Bankrekeningnummer
  partial: warn
  options:
    - { source: een, origin: EEN }
    - { source: twee, origin: TWEE }
`;
const text = readFileSync(own, 'utf8').replace(/^sources:\n(?: .*\n)+/m, sources);

function read(change: (text: string) => string = (each) => each) {
  const file = join(folder, 'service.yaml');
  const changed = change(text);
  writeFileSync(file, changed);
  const { rules, problems } = checkRules(file, service.contract);
  const lines = changed.split('\n');
  return { rules, said: problems.map(({ line, message }) => `${lines[line - 1]?.trim()} => ${message}`) };
}

test('reads sources among which the reference repertory chooses', () => {
  const { rules, said } = read();
  assert.deepEqual(said, []);
  assert.deepEqual(rules?.sources?.reference, {
    ...{ dataType: 'rekeningen', merge: 'Onderneming/Bankrekeningen/Bankrekeningnummer' },
    ...{ partial: 'warn', deadline: 8000 },
  });
  const hurried = read((t) => t.replace('partial: warn', 'partial: refuse\n  deadline: 500'));
  assert.equal(hurried.rules?.sources?.reference?.deadline, 500);
});

const line = '  merge: Onderneming/Bankrekeningen/Bankrekeningnummer\n';
const mistakes: readonly (readonly [what: string, change: (text: string) => string, said: RegExp])[] = [
  ['no merge', (t) => t.replace(line, ''), /^reference: .* => .*sources\.merge: expected the element/],
  ['no partial', (t) => t.replace('  partial: warn\n', ''), /^reference: .* => .*sources\.partial: expected/],
  [
    'a merge that the schema lacks',
    (t) => t.replace('Bankrekeningnummer', 'Rekening'),
    /^merge: .* => sources\.merge: the schema has no Onderneming\/Bankrekeningen\/Rekening below Inhoud/,
  ],
  [
    'a merge of what is there once',
    (t) => t.replace('/Bankrekeningnummer', ''),
    /^merge: .* => sources\.merge: there is one Bankrekeningen at the most/,
  ],
  [
    'a merge within what is there several times',
    (t) => t.replace('Bankrekeningen/Bankrekeningnummer', 'Vestigingen/Vestiging/Adressen/Adres'),
    /^merge: .* => sources\.merge: Vestiging may be there several times/,
  ],
  [
    'a value beside it',
    (t) => t.replace('{ source: twee', '{ value: B, source: twee'),
    /^- \{ value: B.* => sources\.options\.1\.value: the reference repertory chooses/,
  ],
  [
    'a source twice',
    (t) => t.replace('source: twee', 'source: een'),
    /twee|een.* => sources\.options\.1\.source: een is there twice/i,
  ],
  [
    'a path that chooses beside it',
    (t) => t.replace('  partial', '  by: Criteria/Basisgegevens\n  partial'),
    /^reference: .* => sources\.reference: expected either this or sources\.by/,
  ],
  [
    'a service that writes',
    (t) => t.replace('kind: read', 'kind: write'),
    /^reference: .* => sources\.reference: what is written goes to one source/,
  ],
  [
    'no subject',
    (t) => t.replace(/^subject: .*\n/m, ''),
    /^reference: .* => sources\.reference: expected a subject/,
  ],
  [
    'a contract that cannot warn',
    (t) => t.replace('dialect: magda', 'dialect: plain'),
    /^partial: warn => sources\.partial: an answer of a plain contract cannot say what is lacking/,
  ],
  [
    'a merge without it',
    (t) => t.replace('  reference: rekeningen\n', '').replace('    - { source: twee, origin: TWEE }\n', ''),
    /^merge: .* => sources\.merge: one source is asked without sources\.reference/,
  ],
  [
    'what is no kind of data',
    (t) => t.replace('reference: rekeningen', 'reference: Rekeningen!'),
    /^reference: .* => sources\.reference: expected a kind of data/,
  ],
];

for (const [what, change, expected] of mistakes) {
  test(`says where service.yaml routes by the repertory with ${what}`, () => {
    assert.notEqual(change(text), text);
    const { said, rules } = read(change);
    assert.equal(rules, null);
    assert.ok(
      said.some((each) => expected.test(each)),
      said.join('\n'),
    );
  });
}
