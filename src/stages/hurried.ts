import type { Source } from '../exchange/source.ts';

type SourceOf = (name: string) => Source | null;

/** Sources that get no longer than these milliseconds, which is what is left for all of them together. */
export const hurried =
  (sourceOf: SourceOf, within: number): SourceOf =>
  (name) => {
    const source = sourceOf(name);
    return source && { ...source, deadline: Math.max(1, Math.min(source.deadline, Math.floor(within))) };
  };
