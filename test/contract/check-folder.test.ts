import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { checkFolder } from '../../src/contract/check-folder.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import { fixtures, roots } from './fixture.ts';

const report = await checkFolder(fixtures, roots);
const problems = report.problems.map(
  ({ file, line, message, severity }) => `${severity} ${relative(fixtures, file)}:${line} ${message}`,
);
const of = (folder: string) => problems.filter((text) => text.includes(` ${folder}/`));

test('says per operation what it understood', () => {
  const lines = report.operations.map(({ service, operation, soap, path, verdict }) =>
    [service, operation, soap.join('+'), path, verdict].join(' '),
  );
  for (const expected of [
    'Library Find 1.1+1.2 /library served',
    'Library Forget 1.1+1.2 /library served',
    'Stock Count 1.1 /stock served',
    'Order Place 1.1 /order served',
    'Mixed Ask 1.1 /mixed served',
    'Mixed Encoded 1.1 /mixed not served: rpc/encoded',
    'Mixed Attach 1.1 /mixed not served: MIME attachments',
    'Mixed Typed 1.1 /mixed not served: a document-style part with type= instead of element=',
    'Mixed Ask  /mixed not served: its binding is not a SOAP binding',
    'F Ask 1.1 /f refused: 2 errors',
  ]) {
    assert.ok(lines.includes(expected), `${expected}\nnot in\n${lines.join('\n')}`);
  }
});

test('does not check a WSDL on its own that another one imports', () => {
  assert.deepEqual(of('imports'), []);
});

test('says which line refers to a schema that is not there, and fetches nothing', () => {
  assert.match(of('broken/missing-schema')[0] ?? '', /A\.wsdl:7 gone\.xsd does not exist/);
  assert.match(
    of('broken/missing-schema')[1] ?? '',
    /A\.wsdl:8 http:\/\/example\.invalid\/web\/gone\.xsd is not below/,
  );
});

test('says when an imported file declares another namespace', () => {
  assert.match(
    of('broken/wrong-namespace')[0] ?? '',
    /B\.wsdl:7 imports namespace "urn:fix:expected" .* urn:fix:other/,
  );
});

test('says where a file is not XML or not a WSDL', () => {
  assert.match(of('broken/malformed').join(), /C\.wsdl:3 is not well-formed XML/);
  assert.match(of('broken/not-wsdl').join(), /D\.wsdl:1 is not a WSDL 1\.1 document: its root is <html>/);
});

test('says every reference to what is not defined, not the first only', () => {
  const text = of('broken/undefined').join('\n');
  for (const expected of [
    /E\.wsdl:8 part body refers to element \{urn:fix:e\}Answer/,
    /E\.wsdl:11 refers to message tns:Nothing/,
    /E\.wsdl:17 soap:header refers to part ticket/,
    /E\.wsdl:21 binds operation Unknown/,
    /E\.wsdl:25 port refers to binding tns:Absent/,
  ]) {
    assert.match(text, expected);
  }
});

test("says the schema compiler's complaints with the line of the file they are in", () => {
  const text = of('broken/bad-schema').join('\n');
  assert.match(text, /F\.wsdl:7 .*Nowhere/);
  assert.match(text, /F\.wsdl:9 .*Answer/);
});

test('refuses two operations that begin with the same element', () => {
  assert.match(
    of('broken/ambiguous').join(),
    /G\.wsdl:31 operations One and Two both begin with \{urn:fix:g\}Ask/,
  );
});

test('reports a folder that is not there and finds nothing in an empty one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  try {
    assert.deepEqual(await checkFolder(folder, []), { operations: [], publications: [], problems: [] });
    assert.equal((await checkFolder(join(folder, 'absent'), [])).problems.length, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('says which services the code of another asks that are not served, here or beside', async () => {
  const repository = join(fixtures, '../../..');
  const [dossier, xsds] = [join(repository, 'wsdl/dossier'), [join(repository, 'xsd')]];
  const asks = [{ service: 'GeefPersoon', version: '02.02' }];
  const beside = {
    code: new Map([['geef-dossier', asks]]),
    services: () => [],
    judging: () => () => null,
  };
  const { problems } = await checkFolder(dossier, xsds, beside);
  assert.deepEqual(
    problems.map(({ line, message, severity }) => [line, message, severity]),
    [[10, 'answer.by: geef-dossier asks GeefPersoon 02.02, which is not served', 'error']],
  );
  const { services } = loadServices([join(repository, 'wsdl/persoon')], xsds);
  assert.deepEqual((await checkFolder(dossier, xsds, { ...beside, services: () => services })).problems, []);
});
