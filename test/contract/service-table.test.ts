import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import type { Documents } from '../../src/contract/files.ts';
import { changeBetween, type FolderTree, readTree, withFiles } from '../../src/contract/folder-tree.ts';
import { loadService } from '../../src/contract/load-services.ts';
import { type ServiceTable, serviceTable } from '../../src/contract/service-table.ts';
import type { CodeAsks } from '../../src/contract/steps.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { fixtures } from './fixture.ts';

/** What is offered follows what is in the folders; the folders are real ones. */

let root: string;
let wsdls: string;
let xsds: string;
let table: ServiceTable;
let tree: FolderTree;
const roots: string[] = [];
const code: CodeAsks = new Map([['combined', [{ service: 'Tariff', version: '01.00' }]]]);
after(() => {
  for (const each of roots) rmSync(each, { recursive: true });
});

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'kruispunt-table-'));
  roots.push(root);
  wsdls = join(root, 'wsdl');
  xsds = join(root, 'xsd');
  cpSync(join(fixtures, 'foreign'), wsdls, { recursive: true });
  mkdirSync(xsds);
  tree = await readTree([wsdls, xsds], []);
  table = serviceTable([wsdls], [xsds], code);
  tree = await withFiles(tree, table.files());
});

const calm = async () => {};
const names = () => table.services().map(({ rules }) => rules.name);
const offered = (name: string) => table.services().find(({ rules }) => rules.name === name);
const at = (path: string) => join(wsdls, path);

async function reload() {
  const now = await readTree([wsdls, xsds], table.files());
  const change = changeBetween(tree, now);
  tree = now;
  return change && table.reload(change, calm);
}

function edit(path: string, find: string | RegExp, put: string): void {
  const text = readFileSync(at(path), 'utf8');
  assert.notEqual(text.replace(find, put), text);
  writeFileSync(at(path), text.replace(find, put));
}

const complaints = () => table.problems().map(({ file, line, message }) => `${file}:${line}: ${message}`);

test('nothing is other when nothing was written', async () => {
  const before = table.services();
  assert.equal(await reload(), null);
  assert.equal(table.services(), before);
});

test('only what depends on the changed file is loaded anew', async () => {
  const [catalogue, tariff] = [offered('Catalogue'), offered('Tariff')];
  edit('Catalogue-01.00/Catalogue.xsd', 'name="fine"', 'name="penalty"');
  assert.deepEqual(await reload(), { added: [], replaced: ['Catalogue 01.00'], removed: [] });
  assert.notEqual(offered('Catalogue'), catalogue);
  assert.equal(offered('Tariff'), tariff);
});

test('a folder that comes is offered, and one that goes no longer is', async () => {
  renameSync(at('Tariff-01.00'), join(root, 'aside'));
  assert.deepEqual((await reload())?.removed, ['Tariff 01.00']);
  assert.deepEqual(names(), ['Catalogue']);
  renameSync(join(root, 'aside'), at('Tariff-01.00'));
  assert.deepEqual((await reload())?.added, ['Tariff 01.00']);
  assert.deepEqual(complaints(), []);
});

test('where a change is broken the former version goes on, and the file and line are told until it is mended', async () => {
  const former = offered('Catalogue');
  edit('Catalogue-01.00/Catalogue.xsd', 'type="xs:decimal"', 'type="xs:nothing"');
  assert.deepEqual(await reload(), { added: [], replaced: [], removed: [] });
  assert.equal(offered('Catalogue'), former);
  assert.match(complaints().join(), /Catalogue\.xsd:8: .*nothing/);
  edit('Catalogue-01.00/Catalogue.xsd', 'type="xs:nothing"', 'type="xs:decimal"');
  assert.deepEqual((await reload())?.replaced, ['Catalogue 01.00']);
  assert.deepEqual(complaints(), []);
});

test('a rules file with an unknown key, a path that is not there or no source changes nothing', async () => {
  const former = offered('Catalogue');
  const original = readFileSync(at('Catalogue-01.00/service.yaml'), 'utf8');
  for (const [find, put, complaint] of [
    ['kind: read', 'kind: read\nkinds: x', /service\.yaml:4: kinds: unknown key/],
    ['reader/number', 'reader/name', /service\.yaml:5: subject\.path: the schema has no reader\/name/],
    [/sources:[\s\S]*LIB \}\n/, '', /service\.yaml:\d+: answer\.by: expected either this or sources/],
  ] as const) {
    writeFileSync(at('Catalogue-01.00/service.yaml'), original);
    edit('Catalogue-01.00/service.yaml', find, put);
    await reload();
    assert.match(complaints().join(), complaint);
    assert.equal(offered('Catalogue'), former);
  }
});

test('a missing schema is found once it is put where it is looked for', async () => {
  const schema = at('Catalogue-01.00/Catalogue.xsd');
  renameSync(schema, join(root, 'aside.xsd'));
  await reload();
  assert.match(complaints().join(), /Catalogue\.wsdl:7: Catalogue\.xsd does not exist/);
  assert.deepEqual(names(), ['Catalogue', 'Tariff']);
  renameSync(join(root, 'aside.xsd'), schema);
  await reload();
  assert.deepEqual(complaints(), []);
});

test('two services that claim the same: the one that was there stays', async () => {
  cpSync(at('Tariff-01.00'), at('Another-01.00'), { recursive: true });
  await reload();
  assert.match(
    complaints().join(),
    /Another-01\.00\/service\.yaml:1: .* is already served by .*Tariff-01\.00/,
  );
  assert.deepEqual(names(), ['Catalogue', 'Tariff']);
  rmSync(at('Tariff-01.00'), { recursive: true });
  await reload();
  assert.deepEqual([names(), complaints()], [['Tariff', 'Catalogue'], []]);
});

test('two services that exchange their names at once are both taken over', async () => {
  const exchange = (file: string, from: string, to: string) =>
    edit(file, `service: ${from}`, `service: ${to}`);
  exchange('Tariff-01.00/service.yaml', 'Tariff', 'Catalogue');
  exchange('Catalogue-01.00/service.yaml', 'Catalogue', 'Tariff');
  await reload();
  assert.deepEqual([names(), complaints()], [['Tariff', 'Catalogue'], []]);
});

test('folders that are gone or empty altogether take nothing away', async () => {
  renameSync(wsdls, join(root, 'unmounted'));
  await reload();
  assert.deepEqual(names(), ['Catalogue', 'Tariff']);
  assert.match(complaints().join(), /wsdl:1: this folder does not exist/);
  mkdirSync(wsdls);
  await reload();
  assert.match(complaints().join(), /wsdl:1: no service\.yaml below this folder/);
  assert.equal(names().length, 2);
});

test('a contract that was replaced works for who holds it, and is freed when they are done', async () => {
  const former = offered('Tariff')?.contract;
  assert.ok(former);
  const hold = former.hold();
  edit('Tariff-01.00/Tariff.wsdl', 'name="margin"', 'name="discount"');
  await reload();
  const answer = parseTree(
    Buffer.from(
      '<q:QuoteResponse xmlns:q="urn:fix:tariff:calls"><price><amount>1</amount></price></q:QuoteResponse>',
    ),
  );
  try {
    assert.deepEqual(former.violations(answer.root), []);
    hold.dispose();
    hold.dispose();
    assert.throws(() => former.violations(answer.root), /after it had been disposed/);
  } finally {
    answer.dispose();
  }
});

test('a file outside the folders counts as soon as a service depends on it', async () => {
  const outside = join(root, 'outside.xsd');
  renameSync(at('Catalogue-01.00/Catalogue.xsd'), outside);
  edit('Catalogue-01.00/Catalogue.wsdl', 'Catalogue.xsd', '../../outside.xsd');
  await reload();
  assert.deepEqual(complaints(), []);
  tree = await withFiles(tree, table.files());
  writeFileSync(outside, readFileSync(outside, 'utf8').replace('name="fine"', 'name="penalty"'));
  assert.deepEqual((await reload())?.replaced, ['Catalogue 01.00']);
});

/** What is offered after each service that a reload has loaded. */
async function reloadStep(look: () => void): Promise<void> {
  const change = changeBetween(tree, await readTree([wsdls, xsds], table.files()));
  assert.ok(change);
  await table.reload(change, async () => look());
}

test('a service under its former names is offered before the next is loaded, and its former version is freed', async () => {
  const [catalogue, tariff] = [offered('Catalogue'), offered('Tariff')];
  for (const name of ['Catalogue', 'Tariff'])
    edit(`${name}-01.00/${name}.wsdl`, /$/, '<!-- written to again -->');
  const seen: string[] = [];
  await reloadStep(() => {
    const isNew = [offered('Catalogue') !== catalogue, offered('Tariff') !== tariff];
    seen.push(isNew.map((each) => (each ? 'new' : 'former')).join(' '));
  });
  assert.deepEqual(seen, ['new former', 'new new']);
  const tree = parseTree(Buffer.from('<a/>'));
  assert.throws(() => catalogue?.contract.violations(tree.root), /after it had been disposed/);
  tree.dispose();
});

test('a service that changes its name waits until all has been loaded', async () => {
  edit('Catalogue-01.00/service.yaml', 'service: Catalogue', 'service: Library');
  edit('Tariff-01.00/Tariff.wsdl', /$/, '<!-- written to again -->');
  const seen: string[] = [];
  await reloadStep(() => seen.push(names().join(' ')));
  assert.deepEqual(seen, ['Catalogue Tariff', 'Catalogue Tariff']);
  assert.deepEqual(names(), ['Library', 'Tariff']);
});

test('services that are loaded together see the same of a file, which is read once', () => {
  const documents: Documents = new Map();
  const file = at('Catalogue-01.00/service.yaml');
  assert.deepEqual(loadService(file, [xsds], documents).problems, []);
  writeFileSync(at('Catalogue-01.00/Catalogue.xsd'), 'no schema any more');
  assert.deepEqual(loadService(file, [xsds], documents).problems, []);
  assert.notDeepEqual(loadService(file, [xsds], new Map()).problems, []);
});

/** The catalogue is answered by code that asks the tariffs. */
function combine(by = 'combined'): void {
  const file = at('Catalogue-01.00/service.yaml');
  const rules = readFileSync(file, 'utf8')
    .replace(/^sources:\n(?: .*\n)+/m, '')
    .replace(/^(codes|answer):.*\n(?: .*\n)*/gm, '');
  writeFileSync(file, `${rules.trimEnd()}\nanswer: { by: ${by}, partial: warn }\n`);
}

test('says by file and line which step of an orchestration is gone, is another version, or is there again', async () => {
  combine();
  await reload();
  assert.deepEqual(complaints(), []);
  renameSync(at('Tariff-01.00'), join(root, 'Tariff-01.00'));
  await reload();
  const [gone, ...others] = complaints();
  assert.match(
    gone ?? '',
    /Catalogue-01\.00\/service\.yaml:\d+: answer\.by: combined asks Tariff 01\.00, which is not served$/,
  );
  const line = Number(/yaml:(\d+):/.exec(gone ?? '')?.[1]);
  assert.match(
    readFileSync(at('Catalogue-01.00/service.yaml'), 'utf8').split('\n')[line - 1] ?? '',
    /by: combined/,
  );
  assert.deepEqual([others, names()], [[], ['Catalogue']]);
  renameSync(join(root, 'Tariff-01.00'), at('Tariff-01.00'));
  await reload();
  assert.deepEqual(complaints(), []);
  edit('Tariff-01.00/service.yaml', '"01.00"', '"02.00"');
  await reload();
  assert.match(complaints().join(), /combined asks Tariff 01\.00, which is not served; served is 02\.00$/);
});

test('says which code there is where service.yaml names another', async () => {
  combine('geef-niets');
  await reload();
  assert.match(complaints().join(), /answer\.by: there is no code geef-niets; there is combined$/);
});
