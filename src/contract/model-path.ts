import type { ElementModel } from '../exchange/contract.ts';

/** The declaration at a path of local names below another; null when there is none. */
export function modelAt(model: ElementModel | null, steps: readonly string[]): ElementModel | null {
  let at = model;
  for (const step of steps) at = at?.children.find(({ name }) => name === step) ?? null;
  return at;
}
