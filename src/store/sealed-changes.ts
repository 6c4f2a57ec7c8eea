import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { CHANGE_PLACE, opened } from './sealed.ts';
import type { ChangeRow } from './tables/change-log.ts';

/** Changes that name somebody: what was changed is sealed, and its name has a keyed hash where the number stood. */

type Texts = Pick<ChangeRow, 'name' | 'before' | 'after'>;

const MARK = 'sealed:';
const NAMED = /\b(person|enterprise) (\S+)/g;

/** The three texts as they are kept. */
export function sealChange(texts: Texts, { hash, seal }: SubjectKeys): Texts {
  const sealed = seal(JSON.stringify(texts), CHANGE_PLACE);
  return { name: hidden(texts.name, hash), before: null, after: `${MARK}${sealed}` };
}

/** As they were given to `sealChange`; where they cannot be read, why is told in the place of what was changed. */
export function openChange(row: Texts, keys: SubjectKeys): Texts {
  if (!isSealed(row)) return row;
  const read = opened(keys, row.after?.slice(MARK.length) ?? '', CHANGE_PLACE);
  if ('text' in read) return JSON.parse(read.text);
  return { name: row.name, before: null, after: JSON.stringify({ unreadable: read.why }) };
}

export const isSealed = ({ after }: Pick<Texts, 'after'>): boolean => after?.startsWith(MARK) ?? false;

/** The names under which a change of this name may be kept. */
export function keptNames(name: string, { ids, hashes }: SubjectKeys): readonly string[] {
  const hiding = ids.map((_, at) => hidden(name, (subject) => hashes(subject)[at] ?? ''));
  return [...new Set([name, ...hiding])];
}

/** No longer than its column. */
const hidden = (name: string, hash: SubjectKeys['hash']) =>
  name.replace(NAMED, (_, kind, number) => `${kind} ~${hash({ kind, number })}`).slice(0, 1000);
