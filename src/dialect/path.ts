import type { Element } from '../exchange/element.ts';

/** The element at a path of local names below another, as `service.yaml` writes paths; null when it is not there. */
export function below(from: Element, path: string): Element | null {
  let here: Element | null = from;
  for (const name of path.split('/')) here = here?.children.find((child) => child.name === name) ?? null;
  return here;
}

/** Every element at such a path: things repeat. */
export function everyBelow(from: Element, path: string): readonly Element[] {
  return path
    .split('/')
    .reduce<readonly Element[]>(
      (here, name) => here.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [from],
    );
}
