import { UsageError } from './output.ts';

/** A day is from midnight in UTC, as the audit's moments are. */
export function utcMoment(option: string, text: string | null, usage: string): Date {
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text ?? '');
  const found = new Date(isMoment ? (text ?? '') : Number.NaN);
  if (!Number.isNaN(found.getTime())) return found;
  throw new UsageError(
    `${option} takes a day or a moment in UTC, as 2026-03-01 or 2026-03-01T08:00Z\n\n${usage}`,
  );
}
