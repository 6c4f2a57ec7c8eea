import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Contract } from '../../src/exchange/contract.ts';
import { fixtureContract, geefPersoon } from './fixture.ts';

const run = promisify(execFile);
const contracts: Readonly<Record<string, Contract>> = {
  Place: fixtureContract('imports/Order.wsdl'),
  Find: fixtureContract('document-wrapped/Library.wsdl'),
  Count: fixtureContract('rpc-literal/Stock.wsdl'),
  Ask: fixtureContract('inline-schemas/Pair.wsdl'),
  GeefPersoon: geefPersoon(),
};

let origin = '';
const refused: string[] = [];
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', origin);
  const base = `${origin}${url.pathname}`;
  const xsd = url.searchParams.get('xsd');
  const text = contracts[url.pathname.slice(1)]?.publish(xsd === null ? 'wsdl' : { xsd }, base) ?? null;
  if (text === null) refused.push(url.href);
  response.writeHead(text === null ? 404 : 200, { 'content-type': 'text/xml' }).end(text ?? '');
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});

after(() => {
  server.close();
  server.closeAllConnections();
  assert.deepEqual(refused, []);
});

for (const operation of Object.keys(contracts)) {
  test(`zeep reads the published contract of ${operation}`, async () => {
    const script =
      'import sys, zeep; c = zeep.Client(sys.argv[1]); print([o for s in c.wsdl.services.values() for p in s.ports.values() for o in p.binding._operations])';
    const { stdout } = await run('/usr/bin/python3', ['-c', script, `${origin}/${operation}?wsdl`]);
    assert.ok(stdout.includes(`'${operation}'`), stdout);
  });

  test(`php's SoapClient reads the published contract of ${operation}`, async () => {
    const script =
      'print_r((new SoapClient($argv[1], ["cache_wsdl" => WSDL_CACHE_NONE]))->__getFunctions());';
    const { stdout } = await run('php', ['-r', script, '--', `${origin}/${operation}?wsdl`]);
    assert.match(stdout, new RegExp(`\\b${operation}\\(`));
  });

  test(`gSOAP's wsdl2h reads the published contract of ${operation}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wsdl2h-'));
    try {
      await run('wsdl2h', ['-o', join(folder, 'out.h'), `${origin}/${operation}?wsdl`]);
      assert.match(readFileSync(join(folder, 'out.h'), 'utf8'), new RegExp(`__${operation}\\b`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
