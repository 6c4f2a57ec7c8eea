import type { ElementModel } from '../exchange/contract.ts';
import type { Rules } from '../exchange/service.ts';

/** What `sources` says, as it is written there. */
type Written = {
  readonly by?: string | undefined;
  readonly merge?: string | undefined;
  readonly partial?: string | undefined;
  readonly deadline?: number | undefined;
};

type Say = (key: readonly (string | number)[], message: string) => void;

/** What is wrong with sources that the reference repertory chooses among, whatever the contract. */
export function checkReference({ sources, subject, kind, dialect }: Rules, written: Written, say: Say): void {
  if (sources === null) return;
  if (sources.reference === null) {
    for (const key of ['merge', 'partial', 'deadline'] as const)
      if (written[key] !== undefined)
        say(['sources', key], 'one source is asked without sources.reference; remove it');
    return;
  }
  const at = ['sources', 'reference'];
  if (written.by !== undefined) say(at, 'expected either this or sources.by, and not both');
  if (kind === 'write') say(at, 'what is written goes to one source; use sources.by');
  if (subject === null) say(at, 'expected a subject, by which the sources are looked up');
  if (written.merge === undefined)
    say(at, 'sources.merge: expected the element of which sources give several');
  if (written.partial === undefined) say(at, 'sources.partial: expected warn or refuse');
  if (written.partial === 'warn' && dialect !== 'magda')
    say(
      ['sources', 'partial'],
      `an answer of a ${dialect} contract cannot say what is lacking; refuse instead`,
    );
  const names = new Set<string>();
  sources.options.forEach(({ value, source }, index) => {
    const key = ['sources', 'options', index];
    if (value !== null) say([...key, 'value'], 'the reference repertory chooses, not a value; remove it');
    if (names.has(source)) say([...key, 'source'], `${source} is there twice`);
    names.add(source);
  });
}

/** What is wrong with the path at which answers are put together; null when nothing is. */
export function mergeMistake(filtered: ElementModel, path: string): string | null {
  let here = filtered;
  const steps = path.split('/');
  for (const [index, step] of steps.entries()) {
    const next = here.children.find(({ name }) => name === step);
    if (!next) return `the schema has no ${path} below ${filtered.name}`;
    const last = index === steps.length - 1;
    if (last && !next.repeats)
      return `there is one ${step} at the most, so that several cannot be put together`;
    if (!last && next.repeats) return `${step} may be there several times, and one would be looked at`;
    here = next;
  }
  return null;
}
