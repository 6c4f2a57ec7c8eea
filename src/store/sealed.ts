import { Broken, type KnownSubject, type SubjectKeys, Unreadable } from '../exchange/subject-keys.ts';
import type { ExchangeSubjectRow } from './tables/exchange-subject.ts';

/** Where sealed texts stand. A text that was moved elsewhere does not open, so these names never change. */
export const subjectPlace = (exchangeId: string, seq: number, kind: string) => `${exchangeId}/${seq}/${kind}`;
export const endUserPlace = (exchangeId: string) => `${exchangeId}/end-user`;
export const lookUpPlace = (kind: string) => `look-up/${kind}`;
export const CHANGE_PLACE = 'change-log';

type Opened = { readonly text: string } | { readonly why: string };

export function opened({ open }: SubjectKeys, sealed: string, place: string): Opened {
  try {
    return { text: open(sealed, place) };
  } catch (cause) {
    if (cause instanceof Unreadable) return { why: cause.message };
    if (cause instanceof Broken) return { why: `${cause.message}: see \`audit verify\`` };
    throw cause;
  }
}

/** The text, or in its place why it cannot be read. */
export function readText(keys: SubjectKeys, sealed: string, place: string): string {
  const read = opened(keys, sealed, place);
  return 'text' in read ? read.text : `unreadable (${read.why})`;
}

/** Whether this was sealed for this place already. */
export const isSealedAt = (keys: SubjectKeys, text: string, place: string): boolean =>
  'text' in opened(keys, text, place);

/** Those of one exchange, in their order. */
export const readSubjects = (
  keys: SubjectKeys,
  rows: readonly ExchangeSubjectRow[],
): readonly KnownSubject[] =>
  rows.map(({ exchangeId, seq, kind, sealed }) => {
    const read = opened(keys, sealed, subjectPlace(exchangeId, seq, kind));
    return 'text' in read ? { kind, number: read.text } : { kind, number: null, why: read.why };
  });
