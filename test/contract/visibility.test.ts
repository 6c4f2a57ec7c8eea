import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyVisibility, isVisible } from '../../src/contract/apply-visibility.ts';
import { compileVisibility } from '../../src/contract/visibility.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { fixtureContract, modelOf, violationsOf } from './fixture.ts';

const contract = fixtureContract('visibility/Register.wsdl');
const model = modelOf(contract, { namespace: 'urn:fix:register', name: 'Entry' });

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const entry = (content: string) => `<r:Entry xmlns:r="urn:fix:register" ${XSI}>${content}</r:Entry>`;
const person =
  '<person modified="m"><number>1</number><name since="s"><first>f</first><last>l</last></name></person>';

function shown(paths: readonly string[], content: string) {
  const { visibility, problems } = compileVisibility(model, paths);
  const tree = parseTree(Buffer.from(entry(content)));
  const removed = applyVisibility(tree.root, visibility);
  const markup = Buffer.from(tree.root.canonical()).toString();
  tree.dispose();
  return { problems, removed, left: /^<r:Entry[^>]*>(.*)<\/r:Entry>$/s.exec(markup)?.[1] ?? '' };
}

test('shows an element and its text for A/B, without its attributes and children', () => {
  assert.deepEqual(shown(['person/number', 'person/name'], person), {
    problems: [],
    removed: ['person/@modified', 'person/name/@since', 'person/name/first', 'person/name/last'],
    left: '<person><number>1</number><name></name></person>',
  });
});

test('shows one attribute for A/@x and everything declared for A/**', () => {
  const { left } = shown(['person/number', 'person/@modified', 'person/name/**'], person);
  assert.equal(left, person);
});

test('touches nothing when everything is granted', () => {
  assert.deepEqual(shown(['**'], person), { problems: [], removed: [], left: person });
});

test('names a path that the schema does not have', () => {
  const { problems } = compileVisibility(model, [
    'person/**',
    'person/nose',
    'person/@age',
    'person/name/**/x',
  ]);
  assert.deepEqual(problems, [
    'person/nose: person has no element nose in the schema',
    'person/@age: person has no attribute age in the schema',
    'person/name/**/x: name has no element ** in the schema',
  ]);
});

test('does not show what would be invalid without something that is not granted, and says so', () => {
  const { problems, left } = shown(
    ['person/number', 'person/sex'],
    '<person><number>1</number><sex scheme="x">v</sex></person>',
  );
  assert.deepEqual(problems, [
    'person/sex is not shown: it is not valid without attribute scheme; grant person/sex/@scheme',
  ]);
  assert.equal(left, '<person><number>1</number></person>');
});

test('closes upward: without its number the person is not shown, and without the person nothing is', () => {
  const { problems, left } = shown(['person/name/**'], person);
  assert.deepEqual(problems, [
    'person is not shown: it is not valid without number; grant person/number',
    'Entry is not shown: it is not valid without person; grant person',
  ]);
  assert.equal(left, '');
});

test('shows no half of a choice that must be made', () => {
  const grant = ['person/**', 'contact/mail'];
  assert.match(
    shown(grant, person).problems[0] ?? '',
    /^contact is not shown: it is not valid without street/,
  );
  assert.deepEqual(shown([...grant, 'contact/street', 'contact/town'], person).problems, []);
});

test('never shows what only a wildcard allows, even where everything declared is granted', () => {
  const { left, removed } = shown(
    ['**'],
    `${person}<anything x:a="geheim" xmlns:x="urn:x"><known>k</known><x:any>geheim</x:any></anything>`,
  );
  assert.ok(!left.includes('geheim'), left);
  assert.deepEqual(removed, ['anything/*', 'anything/@*']);
});

test('walks an element by its declared type whatever its xsi:type says', () => {
  const derived = `<person xsi:type="r:Secret" level="geheim"><number>1</number><secret>geheim</secret></person>`;
  assert.deepEqual(violationsOf(contract, entry(derived)), []);
  for (const paths of [['**'], ['person/**'], ['person/number']]) {
    const { left, removed } = shown(paths, derived);
    assert.equal(left, '<person><number>1</number></person>');
    assert.deepEqual(removed, ['person/*', 'person/@*', 'person/@xsi:*']);
  }
});

test('keeps xsi:nil where the element is visible and no other attribute of xsi', () => {
  const nil = '<person><number>1</number><name xsi:nil="true" xsi:schemaLocation="a b"></name></person>';
  assert.match(shown(['**'], nil).left, /<name xmlns:xsi="[^"]*" xsi:nil="true"><\/name>/);
  assert.equal(shown(['person/number'], nil).left, '<person><number>1</number></person>');
});

test('takes out character data where none belongs, comments and processing instructions', () => {
  const noisy = '<person>geheim<!-- geheim --><?geheim geheim?><number>1<!-- geheim --></number></person>';
  const { left, removed } = shown(['person/number'], noisy);
  assert.equal(left, '<person><number>1</number></person>');
  assert.deepEqual(removed, ['person/text()']);
});

test('hides the text of an element that is only on the way to another', () => {
  assert.equal(
    shown(['person/**', 'remark/b'], `${person}<remark>geheim<b>x</b></remark>`).left,
    `${person}<remark><b>x</b></remark>`,
  );
  assert.equal(
    shown(['person/**', 'remark'], `${person}<remark>t<b>geheim</b></remark>`).left,
    `${person}<remark>t</remark>`,
  );
});

test('tells which elements are granted whatever prefix a message uses', () => {
  const { visibility } = compileVisibility(model, ['person/number']);
  const markup = `<x:Entry xmlns:x="urn:fix:register"><q:person xmlns:q="urn:q"><number>geheim</number></q:person></x:Entry>`;
  const tree = parseTree(Buffer.from(markup));
  assert.deepEqual(applyVisibility(tree.root, visibility), ['*']);
  assert.ok(!tree.root.text.includes('geheim'));
  tree.dispose();
});

test('shows a recursive type to any depth', () => {
  const deep = '<history><event>1</event><before><before><event>3</event></before></before></history>';
  assert.equal(shown(['person/**', 'history/**'], person + deep).left, person + deep);
  const { removed } = shown(['person/**', 'history/before/**'], person + deep);
  assert.deepEqual(removed, ['history/event']);
});

test('answers whether a path of a notice may be seen', () => {
  const { visibility } = compileVisibility(model, ['person/number', 'person/name/**']);
  for (const path of [
    'person',
    'person/number',
    '/Entry/person[1]/name/first[2]',
    'x:person/x:name/@since',
    '',
  ]) {
    assert.equal(isVisible(visibility, path), true, path);
  }
  for (const path of ['history', 'person/sex', 'person/@modified', 'nothing/at/all', 'person/number/@x']) {
    assert.equal(isVisible(visibility, path), false, path);
  }
});
