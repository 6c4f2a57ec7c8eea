import type { Days } from '../exchange/days.ts';

const registered =
  'SELECT 1 AS found FROM registration WHERE subject_kind = ? AND subject_number = ? AND party_id = ?' +
  ' AND begin_day <= ? AND (end_day IS NULL OR end_day >= ?)';

/** Both run down the index registration_subject; parameters: kind, number, party, day, day, and the hoedanigheid. */
export const registeredInAny = `${registered} LIMIT 1`;
export const registeredIn = `${registered} AND hoedanigheid = ? LIMIT 1`;

const days =
  'SELECT begin_day AS first_day, end_day AS last_day FROM registration' +
  ' WHERE subject_kind = ? AND subject_number = ? AND party_id = ?';

/** The days of all lines, down the same index; parameters: kind, number, party, and the hoedanigheid. */
export const registeredDaysInAny = days;
export const registeredDaysIn = `${days} AND hoedanigheid = ?`;

/** Down the primary key; parameters: population, kind, number, day, day. */
export const inPopulation =
  'SELECT 1 AS found FROM population_member WHERE population = ? AND subject_kind = ? AND subject_number = ?' +
  ' AND begin_day <= ? AND (end_day IS NULL OR end_day >= ?) LIMIT 1';

/** A row of either query on days. */
export const daysOfRow = (row: object): Days => ({
  begin: 'first_day' in row ? String(row.first_day) : null,
  end: 'last_day' in row && row.last_day !== null ? String(row.last_day) : null,
});
