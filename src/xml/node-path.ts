import { node } from './nodes.ts';

/**
 * Paths of nodes below `root`, which begins them: names without prefixes, with a position where siblings share a name.
 * Siblings are counted once a parent, since a hostile message may have tens of thousands of them.
 */
export function nodePaths(root: number): {
  readonly pathOf: (pointer: number) => string;
  readonly lineOf: (pointer: number) => number;
} {
  const steps = new Map<number, string>();
  const counted = new Set<number>();

  function count(parent: number): void {
    counted.add(parent);
    const byName = new Map<string, number[]>();
    for (let at = node.children(parent); at !== 0; at = node.next(at)) {
      if (!node.isElement(at)) continue;
      const name = node.name(at);
      const same = byName.get(name);
      if (same) same.push(at);
      else byName.set(name, [at]);
    }
    for (const [name, pointers] of byName) {
      pointers.forEach((at, index) => {
        steps.set(at, pointers.length > 1 ? `${name}[${index + 1}]` : name);
      });
    }
  }

  function pathOf(pointer: number): string {
    if (pointer === root || pointer === 0) return node.name(root);
    const parent = node.parent(pointer);
    if (!node.isElement(pointer)) return `${pathOf(parent)}/@${node.name(pointer)}`;
    if (!counted.has(parent)) count(parent);
    return `${pathOf(parent)}/${steps.get(pointer) ?? node.name(pointer)}`;
  }

  return {
    pathOf,
    lineOf: (pointer) => {
      const at = pointer === 0 ? root : node.isElement(pointer) ? pointer : node.parent(pointer);
      return node.line(at);
    },
  };
}
