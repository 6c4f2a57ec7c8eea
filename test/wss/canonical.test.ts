import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Element } from '../../src/exchange/element.ts';
import { engine } from '../../src/xml/engine.ts';
import { parseTree, treeElement } from '../../src/xml/tree.ts';

/** What libxml2 makes of a subtree when the whole document is walked and each node asks all its ancestors. */
let target = 0;
const node = engine.XmlTreeCommonStruct;
const isBelow = engine.addFunction((_data = 0, pointer = 0, parent = 0) => {
  if (pointer === target) return 1;
  for (let at = parent; at !== 0 && node.type(at) === 1; at = node.parent(at)) if (at === target) return 1;
  return 0;
}, 'iiii');

function walked(element: Element, mode: number, prefixes: readonly string[]): string {
  const { document, pointer } = treeElement(element);
  target = pointer;
  let written = '';
  const output = engine.xmlOutputBufferCreateIO({
    write: (chunk) => {
      written += Buffer.from(chunk).toString('latin1');
      return chunk.length;
    },
    close: () => true,
  });
  const list = engine.allocCStringArray(prefixes.map((each) => each || '#default'));
  engine.xmlC14NExecute(document, isBelow, 0, mode, prefixes.length > 0 ? list : 0, 0, output);
  engine.xmlOutputBufferClose(output);
  engine.free(list);
  return Buffer.from(written, 'latin1').toString('utf8');
}

const prefixes = ['', 'a', 'b', 'c'];
const declaration = fc.record({
  prefix: fc.constantFrom(...prefixes),
  uri: fc.constantFrom('urn:1', 'urn:2', 'urn:3'),
});
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .record({
      prefix: fc.constantFrom(...prefixes),
      declared: fc.uniqueArray(declaration, { maxLength: 3, selector: ({ prefix }) => prefix }),
      undeclared: fc.boolean(),
      attributes: fc.uniqueArray(fc.constantFrom('x', 'a:x', 'b:y', 'xml:lang', 'xml:space'), {
        maxLength: 3,
      }),
      content: fc.array(
        fc.oneof(
          { maxDepth: 4, withCrossShrink: true },
          fc.constantFrom('t &amp; é', '<![CDATA[<]]>', '<!-- c -->', '\n  ', '&#13;&#x9;'),
          tie('tree'),
        ),
        { maxLength: 4 },
      ),
    })
    .map(({ prefix, declared, undeclared, attributes, content }) => {
      const name = prefix === '' ? 'e' : `${prefix}:e`;
      const bound = undeclared && !declared.some((each) => each.prefix === '') ? ' xmlns=""' : '';
      const own = declared.map((each) => ` xmlns${each.prefix && `:${each.prefix}`}="${each.uri}"`).join('');
      return `<${name}${bound}${own}${attributes.map((each) => ` ${each}="v&#10;&quot;"`).join('')}>${content.join('')}</${name}>`;
    }),
}));
const documents = fc
  .array(tree, { minLength: 1, maxLength: 4 })
  .map((parts) => `<r xmlns:a="urn:1" xmlns:b="urn:2" xmlns:c="urn:3" xml:lang="nl">${parts.join('\n')}</r>`);

const everyElement = (element: Element): readonly Element[] => [
  element,
  ...element.children.flatMap(everyElement),
];
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
// Attributes with one expanded name under two prefixes are not well-formed with namespaces.
const parsed = (xml: string) => {
  try {
    return parseTree(Buffer.from(xml));
  } catch {
    return null;
  }
};

test('makes of any element what a walk through the whole document makes, and leaves the document as it was', () => {
  let compared = 0;
  const lists = fc.subarray(['', 'a', 'b', 'c', 'unknown']);
  fc.assert(
    fc.property(documents, lists, (xml, list) => {
      const document = parsed(xml);
      if (!document) return;
      const { root, dispose } = document;
      const before = text(root.canonical());
      for (const element of everyElement(root)) {
        assert.equal(text(element.canonical()), walked(element, 1, []));
        assert.equal(text(element.canonical(list)), walked(element, 1, list));
        assert.equal(text(element.canonicalInclusive()), walked(element, 0, []));
        compared++;
      }
      assert.equal(text(root.canonical()), before);
      dispose();
    }),
    { numRuns: 300 },
  );
  assert.ok(compared > 500, `${compared} elements compared`);
});

test('leaves nothing of a canonical form that it could not finish in front of the next', () => {
  const { root, dispose } = parseTree(
    Buffer.from('<r><a>begun<b xmlns:n="relative"><n:c/></b></a><d>whole</d></r>'),
  );
  assert.throws(() => root.child('a')?.canonical(), /could not canonicalise/);
  assert.equal(text(root.child('d')?.canonical() ?? Buffer.alloc(0)), '<d>whole</d>');
  dispose();
});

test('puts an element back where it was when it has no canonical form', () => {
  const { root, dispose } = parseTree(Buffer.from('<r>1<a/>2<b xmlns:n="relative"><n:c/></b>3</r>'));
  const names = () => root.children.map(({ name }) => name).join();
  const [, broken] = root.children;
  assert.throws(() => broken?.canonical(), /could not canonicalise/);
  assert.throws(() => broken?.canonical(['n']), /could not canonicalise/);
  assert.equal(names(), 'a,b');
  assert.equal(root.text, '123');
  assert.equal(broken?.parent?.is(root), true);
  dispose();
});

test('inherits what ancestors declare, xml:lang included, in the inclusive form only', () => {
  const { root, dispose } = parseTree(Buffer.from('<r xmlns:a="urn:1" xml:lang="nl"><e><f/></e></r>'));
  const [element] = root.children;
  assert.equal(
    text(element?.canonicalInclusive() ?? new Uint8Array()),
    '<e xmlns:a="urn:1" xml:lang="nl"><f></f></e>',
  );
  assert.equal(text(element?.canonical() ?? new Uint8Array()), '<e><f></f></e>');
  dispose();
});
