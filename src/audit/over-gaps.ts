import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { AnchoredHead } from './check-anchors.ts';
import type { Finding } from './finding.ts';

type Place = { readonly sequence: number; readonly hash: string };

/** Where a writer's rows go on behind the gaps that begin here, and what of those does not fit. */
export function overGaps(
  writer: string,
  from: Place,
  gaps: readonly ArchivePart[],
  anchored: ReadonlyMap<number, AnchoredHead>,
): { readonly place: Place; readonly finding: Finding | null } {
  let place = from;
  for (;;) {
    const next = place.sequence + 1;
    // What is looked at may begin in the middle of one.
    const gap = gaps.find(({ first, last }) => first <= next && next <= last);
    if (!gap) return { place, finding: null };
    const { first, last, before, after } = gap;
    if (first === next && before !== place.hash)
      return {
        place,
        finding: unfit(writer, first, last, `row ${place.sequence} is not the one before them`),
      };
    const head = anchored.get(last);
    if (head && head.hash !== after)
      return { place, finding: unfit(writer, first, last, `anchor ${head.anchor} has another for the last`) };
    place = { sequence: last, hash: after };
  }
}

const unfit = (writer: string, first: number, last: number, why: string): Finding => ({
  ...{ what: 'changed', of: 'row', writer, sequence: first, id: null },
  text: `rows ${first} to ${last} are not there, and what is said of them does not fit: ${why}`,
});
