import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkRules } from '../../src/contract/read-rules.ts';
import { fixtureContract, fixtures } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-plain-'));
after(() => rmSync(folder, { recursive: true }));

const text = readFileSync(`${fixtures}/foreign/Catalogue-01.00/service.yaml`, 'utf8');
const contract = fixtureContract('foreign/Catalogue-01.00/Catalogue.wsdl');

/** What is said of a plain service's file with one thing changed. */
function complaints(change: (text: string) => string, of = contract): string {
  const file = join(folder, 'service.yaml');
  writeFileSync(file, change(text));
  return checkRules(file, of)
    .problems.map(({ line, message }) => `${line} ${message}`)
    .join('\n');
}

test('reads the rules of a plain service, which need not be named after an operation', () => {
  assert.equal(
    complaints((t) => t),
    '',
  );
});

test('holds a path against every operation, since each is served', () => {
  const said = complaints((t) => t.replace('subject: number', 'subject: loan'));
  assert.equal(said, '10 answer.subject: the schema has no loan below CountFinesResponse');
});

test('says what a plain contract has no place for', () => {
  const filtered = complaints((t) => t.replace('answer: {', 'answer: { filtered: loan,'));
  assert.match(filtered, /^10 answer\.filtered: a plain contract has its whole answer filtered; remove it$/);
  const resource = complaints((t) => t.replace('origin: LIB', 'origin: LIB, resource: /loans'));
  assert.match(resource, /^9 sources\.options\.0\.resource: a source of a plain contract speaks SOAP/);
});

test('refuses an operation to which there is no answer', () => {
  const library = fixtureContract('document-wrapped/Library.wsdl');
  const said = complaints(
    (t) =>
      t
        .replace(/^subject.*\n/m, '')
        .replace('registration: true', 'registration: false')
        .replace(/^answer.*/m, ''),
    library,
  );
  assert.equal(said, '1 service: operation Forget has no answer (one-way), which cannot be served');
});

test('demands the filtered element of a contract that has room beside it', () => {
  const said = complaints((t) => t.replace('dialect: plain', 'dialect: magda'));
  assert.match(said, /^10 answer\.filtered: expected the element that grants filter, nothing is there$/);
});
