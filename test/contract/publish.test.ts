import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocument } from '../../src/xml/document.ts';
import { fixtureContract } from './fixture.ts';

const BASE = 'http://bus.example/OrderDienst-01.00/soap/WebService';
const contract = fixtureContract('imports/Order.wsdl');
const locations = (text: string) =>
  [...text.matchAll(/ (?:schemaL|l)ocation="([^"]*)"/g)].map(([, url]) => url ?? '');
const pathIn = (url: string) => new URL(url).searchParams.get('xsd');

test('publishes every document that the WSDL reaches, and each refers only to others of them', () => {
  const seen = new Set<string>();
  const visit = (text: string | null) => {
    assert.ok(text !== null);
    assert.ok(readDocument(Buffer.from(text)).root);
    for (const url of locations(text)) {
      assert.ok(url.startsWith(BASE), url);
      const path = pathIn(url);
      if (path === null || seen.has(path)) continue;
      seen.add(path);
      visit(contract.publish({ xsd: path }, BASE));
    }
  };
  visit(contract.publish('wsdl', BASE));
  assert.deepEqual([...seen].sort(), [
    'parts/abstract.wsdl',
    'roots/shared/party.xsd',
    'xml.xsd',
    'xsd/chameleon.xsd',
    'xsd/more.xsd',
    'xsd/order types.xsd',
  ]);
});

test('puts the address under which it is published in every port', () => {
  const text = fixtureContract('document-wrapped/Library.wsdl').publish('wsdl', BASE) ?? '';
  assert.equal(text.split(`address location="${BASE}"`).length, 3);
  assert.ok(!text.includes('example.invalid'));
});

test('escapes the base for XML', () => {
  assert.match(
    contract.publish('wsdl', 'http://bus.example/?a=1&b="<') ?? '',
    /location="http:\/\/bus\.example\/\?a=1&amp;b=&quot;&lt;"/,
  );
});

test('has no schema under a path that is not its own', () => {
  for (const xsd of [
    '',
    '..',
    '../../../package.json',
    '/etc/passwd',
    'xsd/../xsd/more.xsd',
    './xsd/more.xsd',
    'Order.wsdl/',
    '__proto__',
  ]) {
    assert.equal(contract.publish({ xsd }, BASE), null, xsd);
  }
});
