import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QName } from '../../src/xml/names.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { attribute, element, fragment, type Markup, write, writeBytes } from '../../src/xml/write.ts';

const plain = (name: string): QName => ({ namespace: '', name, prefix: '' });

/** What libxml2 makes of what was written: its own canonical form. */
function canonical(text: string): string {
  const tree = parseTree(Buffer.from(text));
  try {
    return Buffer.from(tree.root.canonical()).toString('utf8');
  } finally {
    tree.dispose();
  }
}

// Few names and namespaces, so that prefixes are declared again, hidden and out of scope often.
const namespaces = ['urn:a', 'urn:b', 'http://www.w3.org/2000/09/xmldsig#'];
const local = fc.constantFrom('a', 'b', 'Naam', 'é', 'x-1');
const qualified = fc.record({
  namespace: fc.constantFrom(...namespaces),
  name: local,
  prefix: fc.constantFrom('p', 'q', 'ds'),
});
const unqualified = local.map(plain);
const inDefault = fc.record({
  namespace: fc.constantFrom(...namespaces),
  name: local,
  prefix: fc.constant(''),
});
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '"', "'", '\r', '\n', '\t', ' ', ']', '\u0085', '\u2028'),
    maxLength: 6,
  }),
);

type Part = Markup | string;
const { markup } = fc.letrec<{ markup: Markup; content: Part }>((tie) => ({
  content: fc.oneof({ maxDepth: 4 }, text, tie('markup')),
  markup: fc
    .tuple(
      fc.oneof(qualified, unqualified, inDefault),
      fc.array(fc.tuple(fc.oneof(qualified, unqualified), text), { maxLength: 3 }),
      fc.array(tie('content'), { maxLength: 3 }),
    )
    .filter(([name, attributes]) => isWritable([name, ...attributes.map(([each]) => each)]))
    .map(([name, attributes, content]) =>
      element(
        name,
        content,
        attributes.map(([each, value]) => attribute(each, value)),
      ),
    ),
}));

/** One prefix stands for one namespace on one element, and no attribute occurs twice. */
function isWritable(names: readonly QName[]): boolean {
  const [, ...attributes] = names;
  const bound = new Map<string, string>();
  for (const { prefix, namespace } of names) {
    if (prefix === '' && namespace === '') continue;
    if ((bound.get(prefix) ?? namespace) !== namespace) return false;
    bound.set(prefix, namespace);
  }
  const keys = attributes.map(({ namespace, name }) => `{${namespace}}${name}`);
  return new Set(keys).size === keys.length;
}

test('writes the canonical form, by libxml2 and by construction alike', () => {
  fc.assert(
    fc.property(markup, (written) => {
      const said = write(written);
      assert.equal(canonical(said), said);
    }),
    { numRuns: 1500 },
  );
});

test('gives back the text and the values that were put in', () => {
  fc.assert(
    fc.property(text, text, (content, value) => {
      const tree = parseTree(
        Buffer.from(write(element(plain('a'), content, [attribute(plain('b'), value)]))),
      );
      const legal = (each: string) => each.replace(/[\ufffe\uffff]/g, '\ufffd');
      assert.deepEqual([tree.root.text, tree.root.attribute('b')], [legal(content), legal(value)]);
      tree.dispose();
    }),
    { numRuns: 300 },
  );
});

test('lets nothing that is text become markup', () => {
  const hostile = ']]><b/><!-- --><?x?>&amp;"\'';
  const tree = parseTree(Buffer.from(write(element(plain('a'), hostile, [attribute(plain('b'), hostile)]))));
  assert.deepEqual([tree.root.children.length, tree.root.attributes.length, tree.root.text], [0, 1, hostile]);
  tree.dispose();
});

test('replaces what XML cannot hold', () => {
  assert.equal(
    write(element(plain('a'), 'x\u0000y\ud800z\ufffe\udc00😀')),
    '<a>x\ufffdy\ufffdz\ufffd\ufffd😀</a>',
  );
});

test('leaves out what is null', () => {
  assert.equal(write(element(plain('a'), [null, 'x', null])), '<a>x</a>');
});

test('copies a fragment as it is', () => {
  const inner = Buffer.from('<b xmlns="urn:b">&amp;</b>');
  assert.equal(write(element(plain('a'), [fragment(inner)])), '<a><b xmlns="urn:b">&amp;</b></a>');
});

test('says that what it wrote is canonical only where libxml2 agrees, fragments included', () => {
  let certain = 0;
  fc.assert(
    fc.property(markup, markup, markup, (around, within, inner) => {
      if (around.kind !== 'element' || within.kind !== 'element') return;
      const copied = fragment(Buffer.from(canonical(write(inner))));
      const nested = { ...within, content: [...within.content, copied] };
      const { bytes, canonical: isCertain } = writeBytes({ ...around, content: [nested, ...around.content] });
      if (!isCertain) return;
      certain += 1;
      assert.equal(canonical(bytes.toString()), bytes.toString());
    }),
    { numRuns: 1500 },
  );
  assert.ok(certain > 100, `only ${certain} were certain`);
});

test('does not say so of a fragment that declares again what is in scope, or that a default namespace would take in', () => {
  const [p, q] = [
    { namespace: 'urn:p', name: 'a', prefix: 'p' },
    { namespace: 'urn:q', name: 'a', prefix: '' },
  ];
  const again = fragment(Buffer.from('<p:b xmlns:p="urn:p"></p:b>'));
  assert.equal(writeBytes(element(p, [again])).canonical, false);
  assert.equal(writeBytes(element(plain('a'), [again])).canonical, true);
  assert.equal(writeBytes(element(q, [fragment(Buffer.from('<b></b>'))])).canonical, false);
});
