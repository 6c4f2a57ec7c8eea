import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import { NIL } from '../xml/prune.ts';
import { type Held, survey } from '../xml/survey.ts';
import { keyOf, type Visibility } from './visibility.ts';

/** Where the walk is: `reach` null is in what is declared and not reached. */
type Place = { readonly model: ElementModel; readonly reach: Visibility | null };

/**
 * What stands in an element's tree and is not within reach: elements, attributes whatever their prefix, character
 * data where none is reached, and xsi:type. The tree is read only, and all of it: what should not be there at all is
 * found even where everything declared is within reach.
 *
 * @param passes children of the element itself that are nobody's to judge
 * @returns schema paths, sorted, each once, at most MOST_PATHS; each is the path that would reach it. What the schema
 *   does not declare has none, and is named `*` or `@*` there, since its name may be data
 */
export function beyondReach(
  element: Element,
  reach: Visibility,
  passes: (child: { readonly name: string }) => boolean,
): readonly string[] {
  const found = new Set<string>();
  const add = (path: readonly string[], ...last: readonly string[]) => {
    if (found.size < MOST_PATHS) found.add([...path.map(localName), ...last].join('/'));
  };
  const start: Place = { model: reach.model, reach };
  survey(element, start, {
    at: (place, path, held) => {
      for (const name of held.attributes.filter((each) => !reaches(place, each)))
        add(path, attributeStep(place, name));
      if (writesBeyond(place, held)) add(path, ...(path.length === 0 ? ['text()'] : []));
    },
    into: (place, path, name) => {
      if (path.length === 0 && passes({ name: localName(name) })) return null;
      const inner = place.reach?.children.get(name) ?? null;
      if (inner) return { model: inner.model, reach: inner };
      const model = place.model.children.find((each) => keyOf(each) === name);
      if (!model) add(path, '*');
      return model ? { model, reach: null } : null;
    },
  });
  return [...found].sort();
}

/** A message of any size is refused for as many as these; the rest comes to light when they are mended. */
const MOST_PATHS = 40;

const reaches = ({ reach }: Place, name: string) => name === NIL || (reach?.attributes.has(name) ?? false);

/** Whether an element says something itself, beside what its attributes and child elements do. */
function writesBeyond({ model, reach }: Place, { attributes, elements, text }: Held): boolean {
  if (reach?.text) return false;
  // An element that holds a value holds it whether or not that is blank; between elements blanks are layout.
  const isValue = model.hasText && model.children.length === 0;
  const says =
    text === 'some' || (isValue && text === 'blank') || (model.hasText && attributes.includes(NIL));
  return says || (reach === null && elements === 0 && attributes.every((name) => name === NIL));
}

function attributeStep({ model }: Place, name: string): string {
  if (name.startsWith(`{${namespaces.xsi}}`)) return '@xsi:*';
  return model.attributes.some((each) => keyOf(each) === name) ? `@${localName(name)}` : '@*';
}

const localName = (key: string) => key.slice(key.lastIndexOf('}') + 1);
