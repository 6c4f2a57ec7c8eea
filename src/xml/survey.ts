import type { Element } from '../exchange/element.ts';
import { nameOf, node } from './nodes.ts';
import { childPointers } from './prune.ts';
import { treeElement } from './tree.ts';

/** What is directly in an element. Names are `{namespace}name`, or `name` for none. */
export type Held = {
  readonly attributes: readonly string[];
  readonly elements: number;
  /** Character data; 'blank' may be layout. */
  readonly text: 'none' | 'blank' | 'some';
};

type Look<S> = {
  /** Told of each element that is come by, with its path below the first. */
  readonly at: (state: S, path: readonly string[], held: Held) => void;
  /** With what to go on into a child element; null: not at all. */
  readonly into: (state: S, path: readonly string[], name: string) => S | null;
};

/** Goes through a tree as it stands, changing nothing: what was signed stays what was signed. */
export function survey<S>(element: Element, start: S, { at, into }: Look<S>): void {
  const path: string[] = [];
  const walk = (pointer: number, state: S): void => {
    const children = childPointers(pointer);
    const elements = children.filter((child) => node.isElement(child));
    at(state, path, {
      attributes: attributesOf(pointer),
      elements: elements.length,
      text: textOf(children),
    });
    for (const child of elements) {
      const name = nameOf(child);
      const next = into(state, path, name);
      if (next === null) continue;
      path.push(name);
      walk(child, next);
      path.pop();
    }
  };
  walk(treeElement(element).pointer, start);
}

function attributesOf(pointer: number): readonly string[] {
  const found: string[] = [];
  for (let each = node.properties(pointer); each !== 0; each = node.next(each)) found.push(nameOf(each));
  return found;
}

function textOf(children: readonly number[]): Held['text'] {
  const data = children.filter((child) => node.isText(child)).map((child) => node.text(child));
  if (data.every((each) => each === '')) return 'none';
  return data.every((each) => each.trim() === '') ? 'blank' : 'some';
}
