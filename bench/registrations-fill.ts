import type { Registration } from '../src/exchange/party.ts';
import type { Sql } from './registrations-sql.ts';

export const PARTIES = 200;
export const GRANTS_EACH = 20;
const LINES_EACH_SUBJECT = 2;
const ROWS_A_STATEMENT = 1000;
export const CAPACITIES = ['maatschappelijk-werk', 'schuldbemiddeling', 'toelagen', 'huisvesting'];
/** A day on which all of the registrations are valid. */
export const TODAY = '2026-05-10';

/** An INSZ that nobody has (its month is one of 61–72), the next higher one for the next person. */
const insz = (person: number): string => {
  const counter = (person % 997) + 1;
  const day = (Math.floor(person / 997) % 28) + 1;
  const month = (Math.floor(person / (997 * 28)) % 12) + 61;
  const year = Math.floor(person / (997 * 28 * 12)) % 100;
  const two = (number: number) => String(number).padStart(2, '0');
  const body = `${two(year)}${two(month)}${two(day)}${String(counter).padStart(3, '0')}`;
  return `${body}${two(97 - (Number(body) % 97))}`;
};

/** The line with this number. Those of one person are those of different parties; they are valid today. */
export const lineAt = (row: number): Registration => {
  const person = Math.floor(row / LINES_EACH_SUBJECT);
  const capacity = CAPACITIES[person % CAPACITIES.length] ?? '';
  return {
    partyId: ((person * 7 + (row % LINES_EACH_SUBJECT) * 31) % PARTIES) + 1,
    ...{ hoedanigheid: capacity, subject: { kind: 'person', number: insz(person) } },
    ...{ begin: `20${10 + (row % 16)}-03-01`, end: row % 3 === 0 ? '2027-12-31' : null },
  };
};
const columns = ['party_id', 'hoedanigheid', 'subject_kind', 'subject_number', 'begin_day', 'end_day'];

/** Fills an empty database with so many registrations, and the parties and grants that go with them. */
export const fill = async (sql: Sql, count: number, tell: (line: string) => void): Promise<void> => {
  const ids = Array.from({ length: PARTIES }, (_, party) => party + 1);
  await sql.begin();
  await sql.insert(
    'party',
    ['id', 'name', 'cbe_number', 'profile'],
    ids.map((id) => [id, `Party ${id}`, '0200000043', 'strict']),
  );
  const grant = ['party_id', 'uri', 'service', 'version', 'legal_basis', 'valid_from', 'visible_paths'];
  for (const id of ids) {
    const services = Array.from({ length: GRANTS_EACH }, (_, service) => `Service${service}`);
    const rest = ['02.00', 'Decreet artikel 3', '2020-01-01 00:00:00.000', '["Persoon"]'];
    await sql.insert(
      'party_grant',
      grant,
      services.map((service) => [id, `http://example.test/${id}`, service, ...rest]),
    );
  }
  await sql.commit();
  for (let done = 0; done < count; ) {
    await sql.begin();
    for (const until = Math.min(done + 200_000, count); done < until; ) {
      const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, until - done) }, (_, index) => {
        const { partyId, hoedanigheid, subject, begin, end } = lineAt(done + index);
        return [partyId, hoedanigheid, subject.kind, subject.number, begin, end];
      });
      await sql.insert('registration', columns, rows);
      done += rows.length;
    }
    await sql.commit();
    if (done % 1_000_000 === 0) tell(`  ${done} registrations`);
  }
};
