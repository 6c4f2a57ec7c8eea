import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyVisibility } from '../../src/contract/apply-visibility.ts';
import { componentsOf } from '../../src/contract/components.ts';
import { modelReader } from '../../src/contract/model.ts';
import type { SchemaPart } from '../../src/contract/schema-set.ts';
import { compileVisibility } from '../../src/contract/visibility.ts';
import type { ElementModel } from '../../src/exchange/contract.ts';
import { readDocument } from '../../src/xml/document.ts';
import { compileSchema } from '../../src/xml/schema.ts';
import { parseTree } from '../../src/xml/tree.ts';

/** A content model as the generator knows it; names are given afterwards, each once, so that it is deterministic. */
type Node =
  | { readonly kind: 'leaf'; readonly min: number; readonly max: number; readonly required: boolean }
  | { readonly kind: 'branch'; readonly min: number; readonly max: number; readonly group: Group }
  | Group;
type Group = {
  readonly kind: 'sequence' | 'choice';
  readonly min: number;
  readonly max: number;
  readonly parts: readonly Node[];
};

// Nested counters such as maxOccurs="3" are where libxml2 itself errs; unbounded it gets right.
const MANY = 3;
const occurs = fc.constantFrom(
  { min: 0, max: 1 },
  { min: 1, max: 1 },
  { min: 1, max: MANY },
  { min: 0, max: MANY },
);
const { group } = fc.letrec<{ group: Group; node: Node }>((tie) => ({
  group: fc
    .tuple(
      fc.constantFrom('sequence', 'choice'),
      occurs,
      fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    )
    .map(([kind, often, parts]): Group => ({ kind, ...often, parts })),
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(occurs, fc.boolean()).map(([often, required]): Node => ({ kind: 'leaf', ...often, required })),
    fc
      .tuple(occurs, tie('group'))
      .map(([often, inner]): Node => ({ kind: 'branch', ...often, group: inner })),
    tie('group'),
  ),
}));

/** Writes the schema and, beside it, a function that samples a valid instance. */
function written(root: Group) {
  let count = 0;
  type Sample = (choose: (among: number) => number) => string;
  const repeat =
    (min: number, max: number, once: Sample): Sample =>
    (choose) =>
      Array.from({ length: min + choose(max - min + 1) }, () => once(choose)).join('');
  const write = (node: Node): { readonly xsd: string; readonly sample: Sample } => {
    const often = `minOccurs="${node.min}" maxOccurs="${node.max === MANY ? 'unbounded' : node.max}"`;
    if (node.kind === 'leaf') {
      const name = `e${count++}`;
      const attribute = `<xs:attribute name="a" type="xs:string"${node.required ? ' use="required"' : ''}/>`;
      const type = `<xs:complexType><xs:simpleContent><xs:extension base="xs:string">${attribute}</xs:extension></xs:simpleContent></xs:complexType>`;
      const once: Sample = (choose) =>
        `<${name}${node.required || choose(2) === 0 ? ` a="v"` : ''}>t</${name}>`;
      return {
        xsd: `<xs:element name="${name}" ${often}>${type}</xs:element>`,
        sample: repeat(node.min, node.max, once),
      };
    }
    if (node.kind === 'branch') {
      const name = `e${count++}`;
      const inner = write(node.group);
      return {
        xsd: `<xs:element name="${name}" ${often}><xs:complexType>${inner.xsd}</xs:complexType></xs:element>`,
        sample: repeat(node.min, node.max, (choose) => `<${name}>${inner.sample(choose)}</${name}>`),
      };
    }
    const parts = node.parts.map(write);
    const once: Sample =
      node.kind === 'sequence'
        ? (choose) => parts.map((part) => part.sample(choose)).join('')
        : (choose) => parts[choose(parts.length)]?.sample(choose) ?? '';
    return {
      xsd: `<xs:${node.kind} ${often}>${parts.map((part) => part.xsd).join('')}</xs:${node.kind}>`,
      sample: repeat(node.min, node.max, once),
    };
  };
  const { xsd, sample } = write(root);
  const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="root"><xs:complexType>${xsd}</xs:complexType></xs:element></xs:schema>`;
  return { schema, sample: (choose: (among: number) => number) => `<root>${sample(choose)}</root>` };
}

function modelOfRoot(schema: string): ElementModel {
  const read = readDocument(Buffer.from(schema));
  assert.ok(read.root);
  const part: SchemaPart = {
    file: 'x.xsd',
    inline: false,
    root: read.root,
    namespace: '',
    references: new Map(),
  };
  const model = modelReader(componentsOf([part]))({ namespace: '', name: 'root' });
  assert.ok(model);
  return model;
}

function pathsOf(model: ElementModel, prefix = ''): string[] {
  const own = model.attributes.map(({ name }) => `${prefix}@${name}`);
  const below = model.children.flatMap(({ name }) => [`${prefix}${name}`, `${prefix}${name}/**`]);
  return [...own, ...below, ...model.children.flatMap((child) => pathsOf(child, `${prefix}${child.name}/`))];
}

test('a grant that compiles without problems leaves every answer of every schema valid', () => {
  const seen = { kept: 0, removed: 0 };
  const property = fc.property(
    group,
    fc.infiniteStream(fc.nat(1000)),
    fc.infiniteStream(fc.nat(1)),
    (root, numbers, grants) => {
      const { schema, sample } = written(root);
      const compiled = compileSchema(
        'memory:/x.xsd',
        new Map([['memory:/x.xsd', Buffer.from(schema)]]),
      ).schema;
      // Some repeated groups are not deterministic, which XML Schema forbids.
      fc.pre(compiled !== null);
      try {
        const model = modelOfRoot(schema);
        const paths = pathsOf(model).filter(() => grants.next().value !== 0);
        const { visibility, problems } = compileVisibility(model, paths);
        const tree = parseTree(Buffer.from(sample((among) => (numbers.next().value ?? 0) % among)));
        try {
          fc.pre(compiled.complaints(tree.root).length === 0);
          const removed = applyVisibility(tree.root, visibility);
          if (problems.length > 0) return;
          assert.deepEqual(compiled.complaints(tree.root), []);
          seen[removed.length > 0 ? 'removed' : 'kept']++;
        } finally {
          tree.dispose();
        }
      } finally {
        compiled.dispose();
      }
    },
  );
  fc.assert(property, { numRuns: 600 });
  assert.ok(seen.removed > 0 && seen.kept > 0, JSON.stringify(seen));
});
