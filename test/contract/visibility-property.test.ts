import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyVisibility } from '../../src/contract/apply-visibility.ts';
import { compileVisibility } from '../../src/contract/visibility.ts';
import type { Contract, ElementModel } from '../../src/exchange/contract.ts';
import type { Element } from '../../src/exchange/element.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { fixtureContract, geefPersoon, modelOf, violationsOf } from './fixture.ts';

const DEPTH = 6;

/** Every path below a model, recursion cut off. */
function pathsOf(model: ElementModel, prefix = '', depth = 0): string[] {
  if (depth > DEPTH) return [];
  return [
    ...model.attributes.map(({ name }) => `${prefix}@${name}`),
    `${prefix}**`,
    ...model.children.flatMap((child) => [
      `${prefix}${child.name}`,
      ...pathsOf(child, `${prefix}${child.name}/`, depth + 1),
    ]),
  ];
}

/** An instance in which each text and attribute value is the path it stands at, so that a leak names itself. */
function instance(model: ElementModel, choose: () => boolean, path = '', depth = 0): string {
  const tag = model.namespace === '' ? model.name : `n:${model.name}`;
  const declaration = model.namespace === '' ? '' : ` xmlns:n="${model.namespace}"`;
  const attributes = model.attributes
    .filter(({ required, namespace }) => namespace === '' && (required || choose()))
    .map(({ name }) => ` ${name}="[${path}@${name}]"`);
  const children = model.children
    .filter(({ optional }) => !optional || (depth < DEPTH && choose()))
    .flatMap((child) => (child.repeats && choose() ? [child, child] : [child]))
    .map((child) => instance(child, choose, `${path}${child.name}/`, depth + 1));
  const text = model.hasText ? `[${path}]` : '';
  const junk = choose() ? `<vreemd zot="[junk]">[junk]</vreemd><!--[junk]-->` : '';
  return `<${tag}${declaration}${attributes.join('')}>${text}${children.join('')}${depth > 0 ? '' : junk}</${tag}>`;
}

/** Whether a grant covers a place, decided on the words of the paths alone: a second opinion on the compiler. */
function covers(paths: readonly string[], place: string): boolean {
  const isAttribute = place.includes('@');
  const steps = place.replace(/\/$/, '');
  return paths.some((path) => {
    if (path === '**') return true;
    if (path.endsWith('/**'))
      return `${steps}/`.startsWith(path.slice(0, -2)) || place.startsWith(path.slice(0, -2));
    return isAttribute ? path === place : path === steps;
  });
}

function* tokensIn(element: Element): Generator<string> {
  yield* Buffer.from(element.canonical())
    .toString()
    .match(/\[[^\]]*\]/g) ?? [];
}

const cases: readonly [string, Contract, (contract: Contract) => ElementModel][] = [
  [
    'the register',
    fixtureContract('visibility/Register.wsdl'),
    (contract) => modelOf(contract, { namespace: 'urn:fix:register', name: 'Entry' }),
  ],
  [
    'the library',
    fixtureContract('document-wrapped/Library.wsdl'),
    (contract) => modelOf(contract, { namespace: 'urn:fix:library', name: 'FindResponse' }),
  ],
  ['GeefPersoon', geefPersoon(), inhoudOf],
];

function inhoudOf(contract: Contract): ElementModel {
  const response = contract.operations[0]?.response;
  let at = response ? contract.model(response) : null;
  for (const step of ['Repliek', 'Antwoorden', 'Antwoord', 'Inhoud']) {
    at = at?.children.find(({ name }) => name === step) ?? null;
  }
  if (!at) throw new Error('no Inhoud');
  return at;
}

for (const [name, contract, find] of cases) {
  const model = find(contract);
  const all = pathsOf(model).filter((path) => path !== '**');

  test(`lets no value out of a random answer of ${name} that a random grant does not cover`, () => {
    fc.assert(
      fc.property(fc.subarray(all, { maxLength: 12 }), fc.infiniteStream(fc.boolean()), (paths, choices) => {
        const { visibility } = compileVisibility(model, paths);
        const tree = parseTree(Buffer.from(instance(model, () => choices.next().value ?? false)));
        applyVisibility(tree.root, visibility);
        for (const token of tokensIn(tree.root)) {
          assert.ok(covers(paths, token.slice(1, -1)), `${token} is not covered by ${paths.join(', ')}`);
        }
        tree.dispose();
      }),
      { numRuns: 150 },
    );
  });
}

test('leaves an answer valid when the grant compiled without problems', () => {
  const contract = fixtureContract('visibility/Register.wsdl');
  const model = modelOf(contract, { namespace: 'urn:fix:register', name: 'Entry' });
  const all = pathsOf(model).filter((path) => !['**', 'person/**', 'person/number'].includes(path));
  let compiled = 0;
  fc.assert(
    fc.property(fc.subarray(all, { maxLength: 8 }), fc.infiniteStream(fc.boolean()), (more, choices) => {
      const { visibility, problems } = compileVisibility(model, ['person/number', ...more]);
      const choose = () => choices.next().value ?? false;
      const contact = choose() ? '<mail>x</mail>' : '<street>x</street><town>x</town>';
      const markup = instance(model, choose)
        .replace(/<vreemd.*?<\/vreemd>/g, '')
        .replace(/<contact>.*?<\/contact>/, `<contact>${contact}</contact>`)
        // A contact of neither form is not valid, and the generator does not know choices.
        .replace('<contact></contact>', '');
      if (problems.length > 0 || violationsOf(contract, markup).length > 0) return;
      compiled++;
      const tree = parseTree(Buffer.from(markup));
      applyVisibility(tree.root, visibility);
      assert.deepEqual(contract.violations(tree.root), []);
      tree.dispose();
    }),
    { numRuns: 400 },
  );
  assert.ok(compiled > 5, `only ${compiled} grants compiled and answers were valid`);
});
