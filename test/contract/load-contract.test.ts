import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContractError } from '../../src/contract/problem.ts';
import { fixtureContract, geefPersoon, modelOf, outline, said } from './fixture.ts';

test('folds the SOAP 1.1 and 1.2 bindings of an operation into one and knows one-way operations', () => {
  const { operations } = fixtureContract('document-wrapped/Library.wsdl');
  assert.deepEqual(operations, [
    {
      name: 'Find',
      request: { namespace: 'urn:fix:library', name: 'Find' },
      response: { namespace: 'urn:fix:library', name: 'FindResponse' },
      fault: null,
      style: 'document',
      soap: ['1.1', '1.2'],
      soapActions: ['urn:act:Find'],
    },
    {
      name: 'Forget',
      request: { namespace: 'urn:fix:library', name: 'Forget' },
      response: null,
      fault: null,
      style: 'document',
      soap: ['1.1', '1.2'],
      soapActions: ['urn:act:Forget'],
    },
  ]);
});

test('validates a bare document-style question', () => {
  const contract = fixtureContract('document-bare/Echo.wsdl');
  assert.deepEqual(said(contract, '<e:Said xmlns:e="urn:fix:echo">x</e:Said>'), []);
  assert.deepEqual(said(contract, '<e:Said xmlns:e="urn:fix:echo"><b/></e:Said>'), [
    'Said: may not hold elements',
  ]);
});

test('validates rpc/literal through a wrapper in the namespace of soap:body, its parts unqualified', () => {
  const contract = fixtureContract('rpc-literal/Stock.wsdl');
  assert.deepEqual(contract.operations[0]?.request, { namespace: 'urn:fix:stock:calls', name: 'Count' });
  assert.deepEqual(contract.operations[0]?.response, {
    namespace: 'urn:fix:stock:calls',
    name: 'CountResponse',
  });
  const question = (code: string, more = '') =>
    `<c:Count xmlns:c="urn:fix:stock:calls"><article><code>${code}</code></article><depot>3</depot>${more}</c:Count>`;
  assert.deepEqual(said(contract, question('ABC')), []);
  assert.deepEqual(said(contract, question('abc')), ['Count/article/code: does not match pattern [A-Z]{3}']);
  // The part that travels in a header is no part of the Body.
  assert.deepEqual(said(contract, question('ABC', '<session>x</session>')), [
    'Count/session: not allowed here',
  ]);
  assert.deepEqual(
    said(contract, '<CountResponse xmlns="urn:fix:stock:calls"><count xmlns="">1</count></CountResponse>'),
    [],
  );
});

test('joins inline schemas that import each other without a location, two of one namespace among them', () => {
  const contract = fixtureContract('inline-schemas/Pair.wsdl');
  const ask = (size: string) =>
    `<a:Ask xmlns:a="urn:fix:pair"><o:Thing xmlns:o="urn:fix:pair:other"><size>${size}</size></o:Thing></a:Ask>`;
  assert.deepEqual(said(contract, ask('1')), []);
  assert.deepEqual(said(contract, ask('-1')).length, 1);
});

test('follows WSDL and schema imports through cycles, chameleons, absolute URLs and one namespace in two files', () => {
  const contract = fixtureContract('imports/Order.wsdl');
  const place = (price: string, inner: string) =>
    `<o:Place xmlns:o="urn:fix:order:types" xml:lang="nl"><amount>1.25</amount>
       <buyer><p:price xmlns:p="${inner}">${price}</p:price><name>x</name></buyer>
       <line><article>a</article><price>2</price></line></o:Place>`;
  assert.deepEqual(said(contract, place('1.10', 'urn:fix:order:party')), []);
  assert.deepEqual(said(contract, place('1.101', 'urn:fix:order:party')), [
    'Place/buyer/price: has more fraction digits than 2',
  ]);
  // The chameleon's elements belong to the namespace of whoever includes it.
  assert.deepEqual(said(contract, place('1.10', 'urn:fix:order:types')), [
    'Place/buyer/price: not allowed here; expected: price in namespace urn:fix:order:party',
  ]);
});

test('lets xs:redefine narrow the type that it names', () => {
  const contract = fixtureContract('redefine/Redefined.wsdl');
  const ask = (number: string) => said(contract, `<Ask xmlns="urn:fix:redefined">${number}</Ask>`);
  assert.deepEqual(ask('1234'), []);
  assert.deepEqual(ask('12345'), ['Ask: is longer than 4']);
  assert.deepEqual(ask('x'), ['Ask: does not match pattern [0-9]+']);
});

test('serves elements in no namespace, across schemas with and without a targetNamespace', () => {
  const contract = fixtureContract('no-namespace/Plain.wsdl');
  const ask = (name: string) => `<Ask><n:Noted xmlns:n="urn:fix:noted"><${name}>x</${name}></n:Noted></Ask>`;
  assert.deepEqual(said(contract, ask('remark')), []);
  assert.deepEqual(said(contract, ask('n:remark')).length, 1);
});

test('serves the operations it can and no others of a WSDL with older bindings', () => {
  const { operations } = fixtureContract('not-served/Mixed.wsdl');
  assert.deepEqual(
    operations.map(({ name, soap }) => [name, soap]),
    [['Ask', ['1.1']]],
  );
});

test('throws with every error of a broken contract, each as file:line', () => {
  assert.throws(
    () => fixtureContract('broken/undefined/E.wsdl'),
    (error) => {
      assert.ok(error instanceof ContractError);
      assert.equal(error.problems.length, 5);
      assert.match(error.message, /E\.wsdl:25: port refers to binding tns:Absent/);
      return true;
    },
  );
});

test('models what an element may hold, in schema order, recursion by reference', () => {
  const contract = fixtureContract('document-wrapped/Library.wsdl');
  const response = modelOf(contract, { namespace: 'urn:fix:library', name: 'FindResponse' });
  assert.deepEqual(response.children.map(outline), ['book?*']);
  const [title, sequel] = response.children[0]?.children ?? [];
  assert.deepEqual([title?.namespace, title?.hasText, sequel?.hasText], ['urn:fix:library', true, false]);
  assert.deepEqual(response.children[0]?.attributes, [{ namespace: '', name: 'isbn', required: false }]);
  assert.equal(sequel?.children[1]?.children, sequel?.children);
});

test('models extensions with the base first and form defaults of the file that declares', () => {
  const contract = fixtureContract('imports/Order.wsdl');
  const place = modelOf(contract, { namespace: 'urn:fix:order:types', name: 'Place' });
  assert.deepEqual(place.children.map(outline), ['amount', 'buyer', 'line*']);
  const buyer = place.children[1]?.children.map(({ namespace, name }) => [namespace, name]);
  assert.deepEqual(buyer, [
    ['urn:fix:order:party', 'price'],
    ['', 'name'],
    ['', 'favourite'],
  ]);
  assert.equal(contract.model({ namespace: 'urn:fix:order:types', name: 'Nothing' }), null);
});

test('loads the contract of GeefPersoon without a word', () => {
  const [operation, ...others] = geefPersoon().operations;
  assert.equal(others.length, 0);
  assert.equal(operation?.request.namespace, 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02');
});
