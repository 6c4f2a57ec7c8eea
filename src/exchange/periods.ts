import { type Days, LAST, overlaps, shift } from './days.ts';

/** Days as yyyy-mm-dd, both inclusive; they compare as they sort. `end` null is open-ended. */
export type Period = { readonly begin: string; readonly end: string | null };

const around = (one: Period, other: Period): Period => ({
  begin: one.begin < other.begin ? one.begin : other.begin,
  end: one.end === null || other.end === null ? null : one.end > other.end ? one.end : other.end,
});

/**
 * What `asked` becomes with the lines it overlaps, and with those that these overlap: the one period that stands for
 * all of them, and the lines it takes the place of.
 */
export const merge = <Line extends Period>(
  lines: readonly Line[],
  asked: Period,
): { readonly period: Period; readonly absorbed: readonly Line[] } => {
  let period: Period = { begin: asked.begin, end: asked.end };
  for (;;) {
    const absorbed = lines.filter((line) => overlaps(line, period));
    const wider = absorbed.reduce(around, period);
    if (wider.begin === period.begin && wider.end === period.end) return { period, absorbed };
    period = wider;
  }
};

/** What is left of a period when a stretch is taken out of it: none, one or two pieces, the earlier first. */
export const cut = (line: Period, out: Days): readonly Period[] => {
  if (!overlaps(line, out)) return [{ begin: line.begin, end: line.end }];
  const left: Period[] = [];
  if (out.begin !== null && line.begin < out.begin)
    left.push({ begin: line.begin, end: shift(out.begin, -1) });
  if (out.end !== null && out.end < LAST && (line.end === null || out.end < line.end)) {
    left.push({ begin: shift(out.end, 1), end: line.end });
  }
  return left;
};
