import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { type Program, ROOT, runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** Contracts come, change, break and go while the bus runs, with two processes that answer. */

const INSZ = '74651210490';
const folder = temporaryFolder();
const wsdls = join(folder, 'wsdl');
const settings = {
  KRUISPUNT_VAR: demoFolder(),
  KRUISPUNT_DEMO: '1',
  KRUISPUNT_WSDL_DIR: wsdls,
  KRUISPUNT_XSD_DIR: join(folder, 'xsd'),
  KRUISPUNT_WORKERS: '2',
};
const at = (path: string) => join(wsdls, path);
const drop = (name: string) =>
  cpSync(join(ROOT, 'test/fixtures/wsdl/foreign', name), at(name), { recursive: true });

const loan =
  '<ListLoansResponse xmlns="urn:fix:catalogue" xmlns:d="urn:fix:catalogue:data">' +
  '<loan><d:title>Bruges</d:title><d:due>2026-04-01</d:due></loan></ListLoansResponse>';
const quote =
  '<q:QuoteResponse xmlns:q="urn:fix:tariff:calls"><price><amount>12.50</amount></price></q:QuoteResponse>';
const source = createServer((request, response) => {
  const isQuote = request.url === '/tariffs';
  const soap = isQuote
    ? 'http://www.w3.org/2003/05/soap-envelope'
    : 'http://schemas.xmlsoap.org/soap/envelope/';
  request.resume().once('end', () => {
    response.setHeader('content-type', 'text/xml; charset=utf-8');
    response.end(`<s:Envelope xmlns:s="${soap}"><s:Body>${isQuote ? quote : loan}</s:Body></s:Envelope>`);
  });
});

let bus: Program | null = null;
const running = (): Program => {
  if (bus === null) throw new Error('the bus does not run');
  return bus;
};
const call = (service: string, ...args: string[]) =>
  runVerb(['call', service, '--url', running().url, ...args], settings);

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runVerb(args, settings);
  assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const lines = (pattern: RegExp) =>
  running()
    .output()
    .split('\n')
    .filter((line) => pattern.test(line));
const pidOf = (line: string) => /"pid":(\d+)/.exec(line)?.[1];

/** Waits until both processes have said it again, since there were so many lines of the kind. */
const bothSay = (pattern: RegExp, since: number): Promise<readonly string[]> =>
  eventually(
    () => `both never say ${pattern}:\n${running().output()}`,
    () => {
      const said = lines(pattern).slice(since);
      return new Set(said.map(pidOf)).size === 2 && said;
    },
  );

/** What is done to the folder, and what both processes say of it. */
async function whenDone(change: () => void, pattern: RegExp): Promise<readonly string[]> {
  const since = lines(pattern).length;
  change();
  return bothSay(pattern, since);
}

const CHANGED = /the services changed/;
const BROKEN = /a contract cannot be served/;

async function wsdl(name: string) {
  const response = await fetch(`${running().url}/${name}Dienst-01.00/soap/WebService?wsdl`);
  return { status: response.status, text: await response.text() };
}

before(async () => {
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  mkdirSync(wsdls);
  cpSync(join(ROOT, 'wsdl/persoon/GeefPersoon-02.02'), at('persoon/GeefPersoon-02.02'), { recursive: true });
  cpSync(join(ROOT, 'xsd'), join(folder, 'xsd'), { recursive: true });
  const started = await startProgram(settings);
  bus = started;
  await started.says(/a worker listens[\s\S]*a worker listens/);
});
after(async () => {
  await bus?.stop();
  source.closeAllConnections();
  source.close();
});

test('a contract that is dropped into the folder is checked, granted and answered without a restart', async () => {
  assert.equal((await wsdl('Catalogue')).status, 404);
  const said = await whenDone(() => {
    drop('Catalogue-01.00');
    drop('Tariff-01.00');
  }, CHANGED);
  assert.match(said[0] ?? '', /"added":\["Catalogue 01.00","Tariff 01.00"\]/);
  const checked = await done('check');
  assert.match(checked, /Catalogue +01\.00 +ListLoans .*served/);
  assert.match(checked, /Tariff +01\.00 +Quote .*served/);

  const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}`;
  await done('source', 'add', 'library', '--kind', 'soap', '--url', `${url}/library`);
  await done('source', 'add', 'tariffs', '--kind', 'soap', '--url', `${url}/tariffs`);
  for (const [service = '', visible = ''] of [
    ['Catalogue', 'loan/**'],
    ['Tariff', 'price/amount'],
  ]) {
    const who = ['--party', 'afnemer', '--uri', 'afnemer.example/verwerker/ipdc6001-aip'];
    const what = ['--service', service, '--version', '01.00', '--visible', visible];
    await done('grant', 'add', ...who, ...what, '--legal-basis', 'Besluit 7', '--from', '2020-01-01');
  }
  const isGranted = async () =>
    (await call('Tariff', '--raw', '--set', 'article=spade', '--set', 'pieces=3')).code === 0;
  // By one process and by the other.
  await eventually('the grants never count', async () => (await isGranted()) && (await isGranted()));
  // More often than there are processes, so that each of them answers.
  for (let count = 0; count < 3; count++) {
    const literal = await call('Catalogue', '--raw', '--set', `reader/number=${INSZ}`);
    assert.equal(literal.code, 0, literal.stdout + literal.stderr);
    assert.match(literal.stdout, /Bruges/);
    const rpc = await call('Tariff', '--raw', '--set', 'article=spade', '--set', 'pieces=3');
    assert.equal(rpc.code, 0, rpc.stdout + rpc.stderr);
    assert.match(rpc.stdout, /12\.50/);
  }
  assert.equal((await wsdl('Tariff')).status, 200);
});

test('a contract that is changed is published and filtered as it now is', async () => {
  const file = at('Catalogue-01.00/Catalogue.xsd');
  const original = readFileSync(file, 'utf8');
  const demanding = original.replace(
    'name="fine" type="xs:decimal" minOccurs="0"',
    'name="fine" type="xs:decimal"',
  );
  assert.notEqual(demanding, original);
  const said = await whenDone(() => writeFileSync(file, demanding), CHANGED);
  assert.match(said[0] ?? '', /"replaced":\["Catalogue 01.00"\]/);
  const published = await fetch(`${running().url}/CatalogueDienst-01.00/soap/WebService?xsd=Catalogue.xsd`);
  assert.doesNotMatch(await published.text(), /name="fine"[^>]*minOccurs/);
  // The source's answer has no fine, which the contract demands now.
  const { stdout } = await call('Catalogue', '--json', '--set', `reader/number=${INSZ}`);
  assert.equal(JSON.parse(stdout).error.code, '60007');
  await whenDone(() => writeFileSync(file, original), CHANGED);
  assert.equal((await call('Catalogue', '--set', `reader/number=${INSZ}`)).code, 0);
});

test('what is broken is told by file and line, and what was served before still is, until it is mended', async () => {
  const file = at('Tariff-01.00/service.yaml');
  const original = readFileSync(file, 'utf8');
  const [line = ''] = await whenDone(() => writeFileSync(file, `${original}colour: red\n`), BROKEN);
  assert.ok(line.includes(`${file}:9: colour: unknown key; remove it or correct its name`), line);
  // A client has its own copy of the contract.
  const whole = { ...settings, KRUISPUNT_WSDL_DIR: join(ROOT, 'test/fixtures/wsdl/foreign') };
  const question = ['--set', 'article=spade', '--set', 'pieces=3'];
  assert.equal((await runVerb(['call', 'Tariff', '--url', running().url, ...question], whole)).code, 0);
  const { code, stderr } = await runVerb(['grant', 'list'], settings);
  assert.equal(code, 0);
  assert.match(stderr, /left out: .*service\.yaml:9: colour: unknown key/);
  const ready = await fetch(`${running().url}/health/ready`);
  assert.equal(ready.status, 200);
  assert.equal(JSON.parse(await ready.text()).contracts, 'problems: 1, see the log');
  const figures = await (await fetch(`${running().url}/metrics`)).text();
  assert.match(figures, /^kruispunt_contract_problems 1$/m);
  assert.match(figures, /^kruispunt_services 3$/m);
  await whenDone(() => writeFileSync(file, original), /can all be served again/);
  assert.deepEqual(await (await fetch(`${running().url}/health/ready`)).json(), {
    status: 'up',
    database: 'up',
  });
});

test('a folder that is removed is served no longer', async () => {
  const said = await whenDone(() => rmSync(at('Tariff-01.00'), { recursive: true }), CHANGED);
  assert.match(said[0] ?? '', /"removed":\["Tariff 01.00"\]/);
  assert.equal((await wsdl('Tariff')).status, 404);
  const question = '<q:Quote xmlns:q="urn:fix:tariff:calls"/>';
  const response = await fetch(`${running().url}/soap/WebService`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${question}</s:Body></s:Envelope>`,
  });
  assert.match(await response.text(), /10001/);
  assert.equal((await call('Catalogue', '--set', `reader/number=${INSZ}`)).code, 0);
});
