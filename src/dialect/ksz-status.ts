/**
 * What the bus calls a thing by MAGDA's numbers, and what KSZ calls it. One table, read both ways: what the bus
 * declines is told in a status, and what a source's status says is known by the number that it has everywhere.
 */
export type StatusValue = 'DATA_FOUND' | 'NO_DATA_FOUND' | 'INCOMPLETE_DATA' | 'NO_RESULT';

export type Status = { readonly value: StatusValue; readonly code: string };

/** `numbers`: what is told as this status; the first is what it is read as, and without one it keeps its own code. */
type Row = Status & { readonly numbers: readonly string[] };

const rows: readonly Row[] = [
  { code: 'MSG00005', value: 'NO_RESULT', numbers: ['30003'] },
  { code: 'MSG00006', value: 'NO_RESULT', numbers: ['30004'] },
  {
    code: 'MSG00008',
    value: 'NO_RESULT',
    numbers: ['40034', '20001', '20003', '20004', '20006', '20007', '25001', '30034', '40035', '99982'],
  },
  { code: 'MSG00009', value: 'NO_DATA_FOUND', numbers: [] },
  { code: 'MSG00011', value: 'NO_RESULT', numbers: ['20002'] },
  { code: 'MSG00012', value: 'NO_RESULT', numbers: ['40003'] },
  // Nothing that the grant shows is nothing that this legal context allows; NO_DATA_FOUND would be untrue.
  { code: 'MSG00013', value: 'NO_RESULT', numbers: ['13001', '15021'] },
  { code: 'MSG00100', value: 'NO_DATA_FOUND', numbers: ['30001'] },
];

export const FOUND: Status = { value: 'DATA_FOUND', code: 'MSG00000' };
export const NOTHING: Status = { value: 'NO_DATA_FOUND', code: 'MSG00100' };
export const INCOMPLETE: Status = { value: 'INCOMPLETE_DATA', code: 'HAN20200' };

/** Beside an answer: a source that did not contribute, for whatever technical reason. */
const MISSING_SOURCE = new Set(['99994', '99996', '99997', '60006', '60007', '60009', '60011', '60013']);

/** The status in which a number is told; null when it has none, and is for a fault. */
export function statusOf(number: string): Status | null {
  const row = rows.find(({ code, numbers }) => numbers.includes(number) || code === number);
  return row ? { value: row.value, code: row.code } : null;
}

/** The number for a status code that a source gave; what has none is known by the code itself. */
export const numberOf = (code: string): string => rows.find((row) => row.code === code)?.numbers[0] ?? code;

export const makesIncomplete = (number: string): boolean =>
  number === INCOMPLETE.code || MISSING_SOURCE.has(number);

/** reasonCode of a fault: a message that cannot be read, a signature by its own name, and all else by one code. */
export function reasonOf(code: string, number: string): string {
  if (code === 'ERR_025') return code;
  return number === '10001' ? 'MSG00008' : 'MSG00003';
}
