import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { ElementModel } from '../../src/exchange/contract.ts';
import type { Proven } from '../../src/exchange/element.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { checkWritten } from '../../src/stages/check-written.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { bounded, dispose, grant, serviceNamed } from '../support/message.ts';

/** Generated questions to a writing service, under generated grants: what passes is what the grant names, and all of it. */

const DEPTH = 6;
const service = serviceNamed('RegistreerBewijs');
const [operation] = service.contract.operations;
const request = operation && service.contract.model(operation.request);
assert.ok(operation && request);
const model = dialectOf(service.rules).questionModel(request);

function pathsOf(from: ElementModel, prefix = '', depth = 0): string[] {
  if (depth > DEPTH) return [];
  return [
    ...from.attributes.map(({ name }) => `${prefix}@${name}`),
    ...(prefix === '' ? [] : [`${prefix}**`]),
    ...from.children.flatMap((child) => [
      `${prefix}${child.name}`,
      ...pathsOf(child, `${prefix}${child.name}/`, depth + 1),
    ]),
  ];
}

/** Something that a question says: a value, an attribute, an element without anything in it, or what nobody declared. */
type Saying = { readonly kind: 'value' | 'attribute' | 'empty' | 'undeclared'; readonly path: string };

type Chooser = (among: number) => number;

function written(from: ElementModel, choose: Chooser, said: Saying[], path = '', depth = 0): string {
  const at = (name: string) => (path === '' ? name : `${path}/${name}`);
  const attributes = from.attributes
    .filter(({ namespace }) => namespace === '' && choose(2) === 0)
    .map(({ name }) => {
      said.push({ kind: 'attribute', path: at(`@${name}`) });
      return ` ${name}="v"`;
    });
  if (choose(60) === 0) {
    said.push({ kind: 'undeclared', path });
    attributes.push(' xsi:type="t"');
  }
  const parts = from.children
    .filter(() => depth < DEPTH && choose(3) > 0)
    .flatMap((child) => (child.repeats && choose(2) === 0 ? [child, child] : [child]))
    .map((child) => written(child, choose, said, at(child.name), depth + 1));
  if (choose(60) === 0) {
    said.push({ kind: 'undeclared', path });
    parts.push(choose(2) === 0 ? '<zot xmlns="urn:zot"/>' : '<zot/>');
  }
  const value = from.hasText && choose(4) > 0;
  if (value) said.push({ kind: 'value', path });
  else if (path !== '' && parts.length === 0 && attributes.length === 0) said.push({ kind: 'empty', path });
  const layout = !value && parts.length > 0 && choose(2) === 0 ? '\n ' : '';
  const name = from.namespace === '' ? from.name : `n:${from.name}`;
  const declared = from.namespace === '' ? '' : ` xmlns:n="${from.namespace}"`;
  return `<${name}${declared}${attributes.join('')}>${value ? 'v' : layout}${parts.join(layout)}</${name}>`;
}

/** On the words of the paths alone: a second opinion on the compiler and the walk. */
const allows = (granted: string, { kind, path }: Saying) =>
  kind !== 'undeclared' &&
  (granted === path ||
    (granted.endsWith('/**') && `${path}/`.startsWith(granted.slice(0, -2))) ||
    (kind === 'empty' && granted.startsWith(`${path}/`)));

function question(inhoud: string) {
  const tree = parseTree(
    Buffer.from(
      `<q xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Verzoek><Vragen><Vraag><Referte>r</Referte>` +
        `${inhoud}</Vraag></Vragen></Verzoek></q>`,
    ),
  );
  return { ...tree, dispose: () => tree.dispose() };
}

test('no path outside the grant is ever forwarded, and what is wholly inside always is', () => {
  const all = pathsOf(model);
  const leading = new Map(all.map((path) => [path, path]));
  const seen = { passed: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.subarray(all, { maxLength: 12 }),
      fc.infiniteStream(fc.nat(10_000)),
      fc.boolean(),
      (granted, numbers, generous) => {
        const said: Saying[] = [];
        const inhoud = written(model, (among) => (numbers.next().value ?? 0) % among, said);
        // Half of the grants hold what is said, but for one thing: there is little to learn from those that never fit.
        const own = said.flatMap(({ path }) => leading.get(path) ?? []);
        const dropped = own[(numbers.next().value ?? 0) % (own.length + 1)];
        const writable = generous ? [...granted, ...own.filter((path) => path !== dropped)] : granted;
        const fits = said.every((each) => writable.some((path) => allows(path, each)));
        const { root, dispose: close } = question(inhoud);
        const message = bounded();
        const asked = {
          ...{ ...message, service, operation, question: root as Proven },
          content: dialectOf(service.rules).readQuestion(root).content,
          grant: { ...grant, writable },
        };
        try {
          assert.equal(checkWritten(asked).content, asked.content);
          assert.ok(fits, `${inhoud} passed under ${writable.join(', ')}`);
          seen.passed++;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          assert.ok(!fits, `${inhoud} was refused under ${writable.join(', ')}: ${error.message}`);
          seen.refused++;
        } finally {
          dispose(message);
          close();
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(seen.passed > 20 && seen.refused > 20, JSON.stringify(seen));
});
