/**
 * What two lists of schema paths both show, as a list in the same notation (see `compileVisibility`). Each of the
 * paths that come out shows nothing that either list hides.
 *
 * @param narrower [] narrows nothing
 */
export function narrowed(visible: readonly string[], narrower: readonly string[]): readonly string[] {
  if (narrower.length === 0) return visible;
  const both = visible.flatMap((one) => narrower.flatMap((other) => shared(one, other) ?? []));
  return [...new Set(both)];
}

/** The path that shows what both do; null when they have nothing in common but the way there. */
function shared(one: string, other: string): string | null {
  if (one === other || isWithin(one, other)) return one;
  return isWithin(other, one) ? other : null;
}

/** Prefixes are whatever somebody liked: a step counts by its local name. */
function isWithin(path: string, around: string): boolean {
  const outer = stepsOf(around);
  const inner = stepsOf(path);
  if (outer.at(-1) !== '**')
    return inner.length === outer.length && outer.every((step, at) => step === inner[at]);
  return outer.slice(0, -1).every((step, at) => step === inner[at]);
}

const stepsOf = (path: string) => path.split('/').map((step) => step.replace(/^(@?)[^:]*:/, '$1'));
