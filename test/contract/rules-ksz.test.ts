import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readContract } from '../../src/contract/load-contract.ts';
import { checkRules } from '../../src/contract/read-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-ksz-'));
after(() => rmSync(folder, { recursive: true }));

const PERSON = 'wsdl/ksz/PersonInformation-v1';
const text = readFileSync(`${PERSON}/service.yaml`, 'utf8');
const { contract } = readContract(`${PERSON}/PersonInformation.wsdl`, { roots: ['xsd'] });

/** What is said of the service's file with one thing changed. */
function complaints(from: string, to: string): string {
  const file = join(folder, 'service.yaml');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
  return checkRules(file, contract)
    .problems.map(({ line, message }) => `${line} ${message}`)
    .join('\n');
}

test('reads paths from the request and the response, whose head every contract has', () => {
  assert.equal(complaints('criteria/ssin', 'criteria/ssin'), '');
  assert.equal(
    complaints('criteria/ssin', 'Criteria/INSZ'),
    '5 subject.path: the schema has no Criteria/INSZ below searchPersonBySsinRequest',
  );
  assert.equal(
    complaints('subject: person/ssin', 'subject: ssin'),
    '10 answer.subject: the schema has no ssin below result',
  );
});

test('demands the element that grants filter, since the head of an answer is not theirs', () => {
  assert.match(complaints('filtered: result, ', ''), /^10 answer\.filtered: expected the element/);
});

test('has no REST sources', () => {
  assert.match(
    complaints('origin: RR', 'origin: RR, resource: /personen'),
    /^9 sources\.options\.0\.resource: a source of a ksz contract speaks SOAP; remove it$/,
  );
});
