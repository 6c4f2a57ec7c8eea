import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import { carriesUndeclared, prune } from '../xml/prune.ts';
import { keyOf, type Visibility } from './visibility.ts';

/**
 * Takes out of an element's tree all that is not visible, down to character data where none belongs and xsi:type.
 * Where everything declared is visible the tree is not walked; what is not declared there, and not from xsi, is left
 * to the validation that follows, which refuses it.
 *
 * @returns the schema paths that something was removed from, sorted, each once; what the schema does not declare is
 *   named `*` there, since its name may be data
 */
export function applyVisibility(element: Element, visibility: Visibility): readonly string[] {
  const passes = carriesUndeclared(element) ? () => false : ({ whole, open }: Visibility) => whole && !open;
  if (passes(visibility)) return [];
  const removed = new Set<string>();
  prune(element, visibility, passes, (at, path, what, name) => {
    const step = what === 'text' ? 'text()' : stepOf(at, what, name);
    removed.add([...path.map(localName), step].join('/'));
  });
  return [...removed].sort();
}

function stepOf({ model }: Visibility, what: 'element' | 'attribute', name: string): string {
  if (what === 'element') return model.children.some((each) => keyOf(each) === name) ? localName(name) : '*';
  if (name.startsWith(`{${namespaces.xsi}}`)) return '@xsi:*';
  return model.attributes.some((each) => keyOf(each) === name) ? `@${localName(name)}` : '@*';
}

const localName = (key: string) => key.slice(key.lastIndexOf('}') + 1);

/**
 * Whether what a path into an answer refers to may be seen. Prefixes, positions and a leading name of the element
 * itself are passed over; a path that the schema does not know is not visible.
 */
export function isVisible(visibility: Visibility, path: string): boolean {
  const steps = path
    .split('/')
    .map((step) => step.trim().replace(/\[[^\]]*\]$/, ''))
    .filter((step) => step !== '' && step !== '.');
  if (steps[0] !== undefined && bare(steps[0]) === visibility.name) steps.shift();
  let at: Visibility | undefined = visibility;
  for (const step of steps) {
    if (step.startsWith('@')) {
      const name = bare(step.slice(1));
      return at.model.attributes.some((each) => each.name === name && at?.attributes.has(keyOf(each)));
    }
    const name = bare(step);
    at = [...at.children.values()].find((child: Visibility) => child.name === name);
    if (!at) return false;
  }
  return true;
}

/** What a grant does not show of what the schema declares: each path once, without what is below it. */
export function hiddenPaths({ model, children, attributes, whole }: Visibility): readonly string[] {
  if (whole) return [];
  return [
    ...model.attributes.filter((each) => !attributes.has(keyOf(each))).map(({ name }) => `@${name}`),
    ...model.children.flatMap((child) => {
      const shown = children.get(keyOf(child));
      return shown ? hiddenPaths(shown).map((path) => `${child.name}/${path}`) : [child.name];
    }),
  ];
}

const bare = (step: string) => step.slice(step.indexOf(':') + 1);
