import { type Cell, type ChainedRow, formOf } from '../exchange/audit-chain.ts';
import { Broken, type SubjectKeys, Unreadable } from '../exchange/subject-keys.ts';
import { exchangeColumns } from './exchange-row.ts';
import { endUserPlace, subjectPlace } from './sealed.ts';

const END_USER = exchangeColumns.indexOf('end_user');

/**
 * A row as its writer hashed it. Of the first form that was with the numbers in it, which were sealed since: they are put
 * back, and where there is no key for that it is said that the row cannot be looked at.
 */
export function asHashed(chained: ChainedRow, keys: SubjectKeys): ChainedRow {
  const { id, writer, row, subjects } = chained;
  if (formOf(writer) === 2) return chained;
  const open = (sealed: Cell, place: string): Cell =>
    sealed === null ? null : keys.open(String(sealed), place);
  try {
    return {
      ...chained,
      row: row.with(END_USER, open(row[END_USER] ?? null, endUserPlace(id))),
      subjects: subjects.map(([exchange, seq, kind, hash, sealed]) => {
        const number = open(sealed ?? null, subjectPlace(id, Number(seq), String(kind)));
        demandFound(kind ?? null, number, hash ?? null, keys);
        return [exchange ?? null, seq ?? null, kind ?? null, number];
      }),
    };
  } catch (cause) {
    if (cause instanceof Unreadable) return { ...chained, isUnreadable: true };
    if (cause instanceof Broken) return chained; // whose hash then does not fit
    throw cause;
  }
}

/** The old hash says nothing of the one by which the subject is found: under another it would be hidden. */
function demandFound(kind: Cell, number: Cell, hash: Cell, keys: SubjectKeys): void {
  const subject = { kind: kind === 'enterprise' ? 'enterprise' : 'person', number: String(number) } as const;
  if (!keys.hashes(subject).includes(String(hash))) throw new Broken('it is found as somebody else');
}
