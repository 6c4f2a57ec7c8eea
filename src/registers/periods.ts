/** Days as yyyy-mm-dd, both inclusive; they compare as they sort. `end` null is open-ended. */
export type Period = { readonly begin: string; readonly end: string | null };

/** A period as one may ask for it: `begin` null reaches back to whatever came first. */
export type Stretch = { readonly begin: string | null; readonly end: string | null };

/** The calendar's last day in four digits of year. What ends on it is not cut short: no day follows. */
const LAST_DAY = '9999-12-31';

const DAY = 86_400_000;
const shift = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** Whether they have a day in common. One that begins the day after the other ends has none. */
export const overlaps = (one: Stretch, other: Stretch): boolean =>
  (one.end === null || other.begin === null || other.begin <= one.end) &&
  (other.end === null || one.begin === null || one.begin <= other.end);

/** Whether every day of `inner` is one of `outer`'s. */
export const covers = (outer: Period, inner: Period): boolean =>
  outer.begin <= inner.begin && (outer.end === null || (inner.end !== null && inner.end <= outer.end));

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
export const cut = (line: Period, out: Stretch): readonly Period[] => {
  if (!overlaps(line, out)) return [{ begin: line.begin, end: line.end }];
  const left: Period[] = [];
  if (out.begin !== null && line.begin < out.begin)
    left.push({ begin: line.begin, end: shift(out.begin, -1) });
  if (out.end !== null && out.end < LAST_DAY && (line.end === null || out.end < line.end)) {
    left.push({ begin: shift(out.end, 1), end: line.end });
  }
  return left;
};
