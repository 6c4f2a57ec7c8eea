const registered =
  'SELECT 1 AS found FROM registration WHERE subject_kind = ? AND subject_number = ? AND party_id = ?' +
  ' AND begin_day <= ? AND (end_day IS NULL OR end_day >= ?)';

/** Both run down the index registration_subject; parameters: kind, number, party, day, day, and the hoedanigheid. */
export const registeredInAny = `${registered} LIMIT 1`;
export const registeredIn = `${registered} AND hoedanigheid = ? LIMIT 1`;
