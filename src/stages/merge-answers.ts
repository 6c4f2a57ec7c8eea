import { dialectOf } from '../dialect/dialect.ts';
import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Bounded } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import { attribute, element, fragment, type Markup } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';

type Message = Pick<Bounded, 'service' | 'operation' | 'ending'>;

/**
 * Contents of several answers as one: the elements at a path, of all of them, and all else as the first has it. What
 * two sources say in the very same words is there once.
 *
 * @param model of the content
 * @throws Refusal 60007 when they do not fit the contract together
 */
export function mergeAnswers(
  { service, operation, ending }: Message,
  contents: readonly [Element, ...Element[]],
  path: string,
  model: ElementModel,
): Element {
  const merged = merge(contents, path.split('/'), model);
  const payload = writtenTree(aroundIt(contents[0], merged, operation.response?.name ?? ''), ending);
  const [violation] = service.contract.violations(payload);
  if (violation)
    throw new Refusal(
      '60007',
      `answers put together break the schema: ${violation.path}: ${violation.message}`,
    );
  const { content } = dialectOf(service.rules).readReply(payload, service.rules);
  if (!content) throw new Error(`${service.rules.name}: what was put together is no answer`);
  return content;
}

/** Elements of one name as one: what is on the way to the path is one in each of them, what is at its end is kept. */
function merge(
  elements: readonly [Element, ...Element[]],
  [step = '', ...rest]: readonly string[],
  model: ElementModel,
): Markup {
  const [first] = elements;
  const found = elements.flatMap(({ children }) => children.filter(({ name }) => name === step));
  const child = model.children.find(({ name }) => name === step);
  const [one, ...more] = found;
  if (!one || !child) return fragment(first.canonical());
  const put = rest.length === 0 ? distinct(found) : [merge([one, ...more], rest, child)];
  const others = first.children.filter(({ name }) => name !== step);
  const place = placeOf(first, others, step, model);
  const copied = others.map((each) => fragment(each.canonical()));
  return rewritten(first, [...copied.slice(0, place), ...put, ...copied.slice(place)]);
}

function distinct(found: readonly Element[]): readonly Markup[] {
  const byText = new Map(
    found.map((each) => each.canonical()).map((bytes) => [Buffer.from(bytes).toString(), bytes]),
  );
  return [...byText.values()].map(fragment);
}

/** Before which of the others it goes: where the first has it already, or else where the schema has it. */
function placeOf(first: Element, others: readonly Element[], step: string, model: ElementModel): number {
  const there = first.children.findIndex(({ name }) => name === step);
  if (there >= 0) return there;
  const order = new Map(model.children.map(({ name }, index) => [name, index]));
  const own = order.get(step) ?? 0;
  const later = others.findIndex(({ name }) => (order.get(name) ?? 0) > own);
  return later < 0 ? others.length : later;
}

/** The answer in which a content stood, up to the Body's child, with this in its place. */
function aroundIt(content: Element, markup: Markup, response: string): Markup {
  let here = content;
  let written = markup;
  while (here.name !== response && here.parent) {
    const { parent } = here;
    const inside = parent.children.map((each) => (each.is(here) ? written : fragment(each.canonical())));
    written = rewritten(parent, inside);
    here = parent;
  }
  return written;
}

const rewritten = (of: Element, content: readonly Markup[]): Markup =>
  element(
    named(of, 'k'),
    content,
    of.attributes.map((each, index) => attribute(named(each, `a${index}`), each.value)),
  );

const named = (
  { name, namespace }: { readonly name: string; readonly namespace: string },
  prefix: string,
) => ({
  prefix: namespace === '' ? '' : prefix,
  namespace,
  name,
});
