/** Days as the calendar writes them, yyyy-mm-dd, and runs of them, both ends included; null is open. */
export type Days = { readonly begin: string | null; readonly end: string | null };

const DAY = 86_400_000;
/** The calendar's last day in four digits of year. What ends on it is not cut short: no day follows. */
export const LAST = '9999-12-31';

/** A day of the calendar, written in full: nothing can be reckoned with a month or day left 00. */
export const isDay = (text: string): boolean => {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

/** The days of a date of which month or day may have been left 00 (unknown); null when there is no such date. */
export function daysOf(text: string): { readonly begin: string; readonly end: string } | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  if (month === '00') return day === '00' ? { begin: `${year}-01-01`, end: `${year}-12-31` } : null;
  if (day !== '00') return isDay(text) ? { begin: text, end: text } : null;
  const begin = `${year}-${month}-01`;
  if (!isDay(begin)) return null;
  const end = new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10);
  return { begin, end };
}

export const shift = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

const later = (one: string | null, other: string | null) =>
  one === null || (other !== null && other > one) ? other : one;
const earlier = (one: string | null, other: string | null) =>
  one === null || (other !== null && other < one) ? other : one;

/** The days that two runs have in common; null when there is none. */
export function common(one: Days, other: Days): Days | null {
  const begin = later(one.begin, other.begin);
  const end = earlier(one.end, other.end);
  return begin !== null && end !== null && end < begin ? null : { begin, end };
}

/** The same days as runs that neither overlap nor touch, earliest first. */
export function joined(runs: readonly Days[]): readonly Days[] {
  const ordered = runs.toSorted((a, b) => ((a.begin ?? '') < (b.begin ?? '') ? -1 : 1));
  const found: Days[] = [];
  for (const run of ordered) {
    const last = found.at(-1);
    const touches =
      last && (last.end === null || last.end === LAST || (run.begin ?? '') <= shift(last.end, 1));
    if (!last || !touches) found.push(run);
    else {
      const end = last.end === null || run.end === null ? null : run.end > last.end ? run.end : last.end;
      found[found.length - 1] = { begin: last.begin, end };
    }
  }
  return found;
}

/** Whether they have a day in common. One that begins the day after the other ends has none. */
export const overlaps = (one: Days, other: Days): boolean =>
  (one.end === null || other.begin === null || other.begin <= one.end) &&
  (other.end === null || one.begin === null || one.begin <= other.end);

/** Whether every day of `inner` is one of `outer`'s. */
export const covers = (outer: Days, inner: Days): boolean =>
  (outer.begin === null || (inner.begin !== null && outer.begin <= inner.begin)) &&
  (outer.end === null || (inner.end !== null && inner.end <= outer.end));
