import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import { element, fragment, type Markup } from '../xml/write.ts';

/** What to make of the element at a path: this text, or nothing at all (null). */
export type Changes = ReadonlyMap<string, string | null>;

/**
 * A question's content with the texts at some paths replaced, put in where the schema has their place, or taken out.
 * Whatever is not on the way to one of them is copied as it stands.
 */
export function withChanges(content: Element, model: ElementModel, changes: Changes): Markup {
  return element(
    qName(content),
    childrenOf(content, model, changes),
    content.attributes.map((each) => ({ name: qName(each), value: each.value })),
  );
}

const qName = ({ name, namespace }: { readonly name: string; readonly namespace: string }) => ({
  prefix: namespace === '' ? '' : `k${namespace.length}`,
  namespace,
  name,
});

function childrenOf(of: Element | null, model: ElementModel, changes: Changes): readonly (Markup | null)[] {
  const byStep = new Map<string, Map<string, string | null>>();
  for (const [path, text] of changes) {
    const [step = '', ...rest] = path.split('/');
    const below = byStep.get(step) ?? new Map<string, string | null>();
    byStep.set(step, below.set(rest.join('/'), text));
  }
  const present = of?.children ?? [];
  // In the order of the schema, which a valid question has already; only where a child repeats do several go here.
  return model.children.flatMap((child): readonly (Markup | null)[] => {
    const there = present.filter(
      ({ name, namespace }) => name === child.name && namespace === child.namespace,
    );
    const wanted = byStep.get(child.name);
    if (!wanted) return there.map((each) => fragment(each.canonical()));
    return [changed(there[0] ?? null, child, wanted)];
  });
}

function changed(there: Element | null, model: ElementModel, changes: Changes): Markup | null {
  const text = changes.get('');
  if (text === null) return null;
  if (text !== undefined) return element(qName(model), text);
  if (there) return withChanges(there, model, changes);
  const children = childrenOf(null, model, changes).filter((each) => each !== null);
  return children.length === 0 ? null : element(qName(model), children);
}
