import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beyondReach } from '../../src/contract/beyond-reach.ts';
import { compileReach } from '../../src/contract/visibility.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { fixtureContract, modelOf } from './fixture.ts';

const model = modelOf(fixtureContract('visibility/Register.wsdl'), {
  namespace: 'urn:fix:register',
  name: 'Entry',
});

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const nobody = () => false;

function beyond(
  paths: readonly string[],
  content: string,
  passes: (child: { name: string }) => boolean = nobody,
) {
  const tree = parseTree(Buffer.from(`<r:Entry xmlns:r="urn:fix:register" ${XSI}>${content}</r:Entry>`));
  const before = Buffer.from(tree.root.canonical()).toString();
  const found = beyondReach(tree.root, compileReach(model, paths), passes);
  assert.equal(Buffer.from(tree.root.canonical()).toString(), before);
  tree.dispose();
  return found;
}

const name = '<name since="s"><first>f</first></name>';
const person = `<person modified="m"><number>1</number>${name}</person>`;

test('finds nothing in what is wholly within reach, and leaves the tree as it was', () => {
  assert.deepEqual(beyond(['person/**'], person), []);
  assert.deepEqual(
    beyond(['person/@modified', 'person/number', 'person/name/@since', 'person/name/first'], person),
    [],
  );
});

test('names each path that would reach what is beyond', () => {
  assert.deepEqual(beyond(['person/number'], person), [
    'person/@modified',
    'person/name/@since',
    'person/name/first',
  ]);
  assert.deepEqual(beyond([], person), [
    'person/@modified',
    'person/name/@since',
    'person/name/first',
    'person/number',
  ]);
});

test('an element with nothing in it says that it is there', () => {
  assert.deepEqual(beyond(['person/number'], '<person><name/></person>'), ['person/name']);
  assert.deepEqual(beyond(['person/name/first'], '<person><name/></person>'), []);
});

test('a prefix changes nothing, and the same name in another namespace is another name', () => {
  assert.deepEqual(beyond(['x:person/y:number'], '<person><number>1</number></person>'), []);
  assert.deepEqual(beyond(['person/**'], '<p:person xmlns:p="urn:other"><number>1</number></p:person>'), [
    '*',
  ]);
  assert.deepEqual(
    beyond(
      ['person/@modified', 'person/number'],
      '<person xmlns:p="urn:o" p:modified="m"><number>1</number></person>',
    ),
    ['person/@*'],
  );
});

test('a type of its own, and what comes with it, is beyond every path', () => {
  const secret = '<person xsi:type="r:Secret" level="9"><number>1</number><secret>s</secret></person>';
  assert.deepEqual(beyond(['person/**'], secret), ['person/*', 'person/@*', 'person/@xsi:*']);
});

test('text between elements is beyond a path that leads through, and layout is not text', () => {
  assert.deepEqual(beyond(['remark/b'], '<remark>x<b>y</b></remark>'), ['remark']);
  assert.deepEqual(beyond(['remark', 'remark/b'], '<remark>x<b>y</b></remark>'), []);
  assert.deepEqual(beyond(['remark/b'], '<remark>\n  <b>y</b>\n</remark>'), []);
  assert.deepEqual(beyond(['remark/b'], '<remark><![CDATA[x]]><b>y</b></remark>'), ['remark']);
});

test('a value of blanks is a value', () => {
  assert.deepEqual(beyond(['person/sex/@scheme'], '<person><sex scheme="x"> </sex></person>'), [
    'person/sex',
  ]);
});

test('to say that a value is nil is to say what it is', () => {
  const nil = '<person><sex scheme="x" xsi:nil="true"/></person>';
  assert.deepEqual(beyond(['person/sex/@scheme'], nil), ['person/sex']);
  assert.deepEqual(beyond(['person/sex', 'person/sex/@scheme'], nil), []);
});

test('what only a wildcard lets in is beyond every path', () => {
  const open = '<anything a="1"><known>k</known><z:x xmlns:z="urn:z">v</z:x></anything>';
  assert.deepEqual(beyond(['anything/**'], open), ['anything/*', 'anything/@*']);
});

test('passes over what is not asked but says who asks', () => {
  assert.deepEqual(
    beyond([], '<person/>', (child) => child.name === 'person'),
    [],
  );
});

test('names so many paths at the most, and the schema has names enough for more', () => {
  const deep = (levels: number): string =>
    levels === 0 ? '' : `<before><event>e</event>${deep(levels - 1)}</before>`;
  assert.equal(beyond([], `<history>${deep(60)}</history>`).length, 40);
});
