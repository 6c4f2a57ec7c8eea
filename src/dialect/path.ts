import type { Element } from '../exchange/element.ts';

/** The element at a path of local names below another, as `service.yaml` writes paths; null when it is not there. */
export function below(from: Element, path: string): Element | null {
  let here: Element | null = from;
  for (const name of stepsOf(path)) here = here?.child(name, null) ?? null;
  return here;
}

const known = new Map<string, readonly string[]>();

/** The names in a path. There are as many paths as programmers and configurations write, and each is taken apart once. */
export function stepsOf(path: string): readonly string[] {
  let steps = known.get(path);
  if (!steps) {
    steps = path.split('/');
    known.set(path, steps);
  }
  return steps;
}

/** Every element at such a path: things repeat. */
export function everyBelow(from: Element, path: string): readonly Element[] {
  return stepsOf(path).reduce<readonly Element[]>(
    (here, name) => here.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [from],
  );
}
