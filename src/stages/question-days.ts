import { below } from '../dialect/path.ts';
import type { PeriodControl } from '../exchange/controls.ts';
import { type Days, daysOf } from '../exchange/days.ts';
import type { Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';

/**
 * About which days a question is. A date of which month or day is left 00 means all the days it may be; a question
 * without any is about today.
 *
 * @throws Refusal 20001 for what is no date, 20003 for a period that begins after it ends, 20004 for one that names no
 *   day, 20006 for one that begins after today
 */
export function questionDays(
  content: Element,
  { paths, whole, lastDay }: PeriodControl,
  today: string,
): Days {
  if (whole !== null && TRUE.has(textAt(content, whole) ?? '')) return { begin: null, end: null };
  if ('on' in paths) return begun(dateAt(content, paths.on) ?? { begin: today, end: today }, today);
  const begin = dateAt(content, paths.begin)?.begin ?? null;
  const last = dateAt(content, paths.end);
  if (begin === null && last === null) {
    if (namesNoDay(content, paths.begin)) throw new Refusal('20004', 'a period without begin and end');
    return { begin: today, end: today };
  }
  const end = last ? last.end : lastDay === 'today' ? today : null;
  if (begin !== null && last !== null && end !== null && begin > end)
    throw new Refusal('20003', `from ${begin} until ${end}`);
  return begun({ begin, end }, today);
}

const TRUE = new Set(['1', 'true']);

const textAt = (content: Element, path: string) => below(content, path)?.text.trim() ?? null;

/** What ends in the last year there is has no end. */
function dateAt(content: Element, path: string): Days | null {
  const text = textAt(content, path);
  if (text === null) return null;
  const days = daysOf(text);
  if (!days) throw new Refusal('20001', `${path} is no date`);
  return days.end.startsWith('9999') ? { begin: days.begin, end: null } : days;
}

function begun(days: Days, today: string): Days {
  if (days.begin !== null && days.begin > today)
    throw new Refusal('20006', `${days.begin} is later than ${today}`);
  return days;
}

/** A period that is there and empty is not one that is left out: a source may read it as all there ever was. */
function namesNoDay(content: Element, path: string): boolean {
  const around = path.split('/').slice(0, -1).join('/');
  const period = around === '' ? null : below(content, around);
  return period !== null && period.children.length === 0;
}
