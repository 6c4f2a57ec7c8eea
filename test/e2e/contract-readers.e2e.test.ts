import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createClientAsync } from 'soap';
import { demoFolder } from '../support/demo-world.ts';
import { foreign, PYTHON } from '../support/foreign.ts';
import { startProgram } from '../support/program.ts';

/** What the bus publishes, read over HTTP by the tool-kits with which clients are made. */

const folder = demoFolder();
const program = await startProgram({ KRUISPUNT_VAR: folder });
after(() => program.stop());

const endpoint = `${program.url}/GeefPersoonDienst-02.02/soap/WebService`;
const wsdl = `${endpoint}?wsdl`;

test('every schema that the contract names is there, at the address it names', async () => {
  const seen = new Set<string>();
  const waiting = [wsdl];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    const response = await fetch(url);
    assert.equal(response.status, 200, url);
    assert.match(response.headers.get('content-type') ?? '', /^text\/xml; charset=utf-8$/i);
    const text = await response.text();
    const named = [...text.matchAll(/schemaLocation="([^"]+)"/g)].map((match) => match[1] ?? '');
    for (const location of named) assert.ok(location.startsWith(`${endpoint}?xsd=`), location);
    waiting.push(...named.map((location) => location.replaceAll('&amp;', '&')));
  }
  assert.ok(seen.size > 15, `${seen.size} documents`);
});

test('nothing else is published: a path outside the contract is not found', async () => {
  for (const path of ['../package.json', '/etc/passwd', 'Persoon/../../package.json', 'nothing.xsd', '']) {
    const response = await fetch(`${endpoint}?xsd=${encodeURIComponent(path)}`);
    assert.equal(response.status, 404, path);
  }
});

test('the common endpoint says where the contract of each service is', async () => {
  const response = await fetch(`${program.url}/soap/WebService?wsdl`);
  assert.equal(response.status, 300);
  const urls = (await response.text()).split('\n').filter((line) => line.startsWith('http'));
  assert.ok(urls.includes(wsdl) && urls.length > 5, urls.join());
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
});

test('the contract is at every spelling of ?wsdl', async () => {
  const published = await (await fetch(wsdl)).text();
  for (const url of [`${endpoint}?WSDL`, `${endpoint}?wsdl=`]) {
    assert.equal(await (await fetch(url)).text(), published, url);
  }
});

test('zeep reads it: both bindings, and the types of the answer', async () => {
  const script = [
    'import sys, zeep',
    'client = zeep.Client(sys.argv[1])',
    '[service] = client.wsdl.services.values()',
    'for name, port in service.ports.items():',
    '    print(name, type(port.binding).__name__, port.binding_options["address"], *port.binding._operations)',
    'print(len(list(client.wsdl.types.types)) > 100)',
  ].join('\n');
  const said = (await foreign(PYTHON, ['-c', script, wsdl])).trim().split('\n');
  assert.deepEqual(said, [
    `Persoon.GeefPersoonHttpPort Soap11Binding ${endpoint} GeefPersoon`,
    `Persoon.GeefPersoonHttpSoap12Port Soap12Binding ${endpoint} GeefPersoon`,
    'True',
  ]);
});

test("PHP's SoapClient reads it", async () => {
  const script =
    '$c = new SoapClient($argv[1], ["cache_wsdl" => WSDL_CACHE_NONE]);' +
    'echo implode("\\n", array_unique($c->__getFunctions())), "\\n", count($c->__getTypes()) > 100 ? "typed" : "";';
  const said = await foreign('php', ['-r', script, wsdl]);
  assert.equal(said, 'GeefPersoonResponse GeefPersoon(GeefPersoon $Verzoek)\ntyped');
});

test("gSOAP's wsdl2h reads it", async () => {
  const header = join(folder, 'geefpersoon.h');
  await foreign('wsdl2h', ['-o', header, wsdl]);
  const written = readFileSync(header, 'utf8');
  assert.match(written, /int __\w+__GeefPersoon\(/);
  assert.match(written, /gsoap \w+ +service port:\s+http:\S+\/GeefPersoonDienst-02\.02\/soap\/WebService\b/);
  assert.match(written, /class \w+__PersoonType\b/);
});

const AXIS = ['axis', 'axis-jaxrpc', 'axis-saaj', 'commons-logging', 'commons-discovery', 'wsdl4j'];

test("Axis 1's WSDL2Java reads it", async () => {
  const jars = [...AXIS, 'javax.mail', 'javax.activation'].map((name) => `/usr/share/java/${name}.jar`);
  const output = join(folder, 'axis');
  await foreign('java', [
    ...['-cp', jars.join(':'), 'org.apache.axis.wsdl.WSDL2Java', '--output', output, wsdl],
  ]);
  const made = join(output, 'be/vlaanderen/magda/persoon/soap/geefpersoon/v02_02');
  const port = readFileSync(join(made, 'PersoonGeefPersoonPortType.java'), 'utf8');
  assert.match(port, /RepliekType geefPersoon\([\w.]*VerzoekType verzoek\)/);
  assert.ok(existsSync(join(made, 'PersoonGeefPersoonHttpBindingStub.java')));
  assert.ok(readFileSync(join(made, 'PersoonGeefPersoonLocator.java'), 'utf8').includes(`"${endpoint}"`));
});

test("node's soap reads it", async () => {
  const client = await createClientAsync(wsdl);
  const { 'Persoon.GeefPersoon': service } = client.describe();
  assert.deepEqual(Object.keys(service), [
    'Persoon.GeefPersoonHttpPort',
    'Persoon.GeefPersoonHttpSoap12Port',
  ]);
  const { input, output } = service['Persoon.GeefPersoonHttpPort'].GeefPersoon;
  assert.ok(input.Verzoek.Vragen.Vraag.Inhoud.Criteria.INSZ);
  assert.ok(output.Repliek.Antwoorden.Antwoord.Inhoud.Persoon.INSZ);
});
