import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadContract } from '../../src/contract/load-contract.ts';
import { parseTree } from '../../src/xml/tree.ts';

// Xerces, through xsd-schema-validator, in a Java machine of its own. The package is optional: its install step wants a
// Java compiler, and the bus does not need it.
const require = createRequire(import.meta.url);
const validator = available();
const schema = resolve('xsd/Persoon.GeefPersoonDienst-02.02/WebService/GeefPersoonDienst.xsd');
const contract = loadContract('wsdl/persoon/GeefPersoon-02.02/GeefPersoon.wsdl', { roots: ['xsd'] });

const question = read('geef-persoon.request.xml');
const answer = read('geef-persoon.xml');

const documents: Readonly<Record<string, string>> = {
  'a question': question,
  'an answer': answer,
  'a number of ten digits': question.replace(/<INSZ>\d{11}</, '<INSZ>7465121049<'),
  'a missing element': question.replace(/<Bron>[^<]*<\/Bron>/, ''),
  'two elements in the other order': question.replace(
    /(<Naam>[^<]*<\/Naam>)\s*(<Versie>[^<]*<\/Versie>)/,
    '$2$1',
  ),
  'an element that nobody declared': question.replace('</Inhoud>', '<Meer/></Inhoud>'),
  'a qualified child': question.replace(/<(\/?)Verzoek>/g, '<$1web:Verzoek>'),
  'a language of three letters': question.replace(/<Taal>[^<]*</, '<Taal>nld<'),
  'an answer with a date that is none': answer.replace(
    /<Datum>\d{4}-\d\d-\d\d<\/Datum>/,
    '<Datum>gisteren</Datum>',
  ),
  'an answer with an unknown attribute': answer.replace('<Persoon ', '<Persoon Kleur="rood" '),
  'an answer without the number': answer.replace(/<INSZ>\d{11}<\/INSZ>/, ''),
};

describe('verdicts on schemas agree with Xerces', {
  skip: validator === null ? 'no Java compiler here' : false,
}, () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kruispunt-xerces-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, text] of Object.entries(documents)) {
    test(`on ${name}`, async () => {
      const file = join(folder, 'document.xml');
      writeFileSync(file, text);
      const theirs = await verdictOf(file);
      const tree = parseTree(Buffer.from(text.replace(/^<\?xml[^>]*\?>/, '')));
      const ours = contract.violations(tree.root).length === 0;
      tree.dispose();
      assert.equal(ours, theirs);
      assert.equal(ours, name === 'a question' || name === 'an answer');
    });
  }
});

function read(name: string): string {
  return readFileSync(`test/envelopes/answers/${name}`, 'utf8');
}

type Validator = { validateXML: (input: { file: string }, schema: string) => Promise<{ valid: boolean }> };

function available(): Validator | null {
  try {
    execFileSync('javac', ['-version'], { stdio: 'ignore' });
    return require('xsd-schema-validator');
  } catch {
    return null;
  }
}

/** It reports an invalid document by rejecting with an error that has the verdict on it. */
async function verdictOf(file: string): Promise<boolean> {
  assert.ok(validator);
  return validator.validateXML({ file }, schema).then(
    ({ valid }) => valid,
    (error: Error & { valid?: boolean }) => {
      if (error.valid === undefined) throw error;
      return error.valid;
    },
  );
}
