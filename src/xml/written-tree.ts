import type { Element } from '../exchange/element.ts';
import { parseTree } from './tree.ts';
import { type Markup, writeBytes } from './write.ts';

/** Markup as a tree that lives as long as its exchange: it is freed with everything else in `ending`. */
export function writtenTree(markup: Markup, ending: { readonly dispose: () => void }[]): Element {
  const tree = parseTree(writeBytes(markup).bytes);
  ending.push(tree);
  return tree.root;
}
