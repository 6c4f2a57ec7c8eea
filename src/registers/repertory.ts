import { covers, type Days, overlaps } from '../exchange/days.ts';
import type { Registration } from '../exchange/party.ts';
import { cut, merge } from '../exchange/periods.ts';

/** Whose lines, on whom: lines of one key never overlap. */
export type RegistrationKey = Pick<Registration, 'partyId' | 'hoedanigheid' | 'subject'>;

/** Who made a change: the exchange that asked for it, by its id, or an operator by name. */
export type ChangedBy = { readonly exchange: string } | { readonly operator: string };

/** `remove` holds lines of those that were given; `add` what takes their place. Both empty: nothing changes. */
type Rewritten<T> = {
  readonly what: string;
  readonly remove: readonly Registration[];
  readonly add: readonly Registration[];
  readonly result: T;
};

type Needs = {
  /**
   * Gives `rewrite` the key's lines, earliest first, keeps what it makes of them and a line of history, all or
   * nothing, while nobody else changes that key. `rewrite` may be called again when the database was in the way.
   */
  readonly rewriteRegistrations: <T>(
    key: RegistrationKey,
    rewrite: (lines: readonly Registration[]) => Rewritten<T>,
    by: ChangedBy,
  ) => Promise<T>;
};

export type Registered = {
  /** `already`: one line had all of these days, and nothing was written. */
  readonly outcome: 'registered' | 'extended' | 'already';
  /** The line that now has these days. */
  readonly line: Registration;
  /** The lines it took the place of, as they were. */
  readonly merged: readonly Registration[];
};

export type Unregistered = {
  /** Lines of which nothing is left, as they were. */
  readonly removed: readonly Registration[];
  /** Lines that lost days, as they now are; of a line cut in two, the earlier piece. */
  readonly shortened: readonly Registration[];
  /** Of the line that was cut in two, the later piece. */
  readonly created: readonly Registration[];
};

export type Repertory = {
  /** Adds the period, as one line with whatever it overlaps. */
  readonly register: (registration: Registration, by: ChangedBy) => Promise<Registered>;
  /** Takes the stretch out of every line of the key; without begin and end, everything. */
  readonly unregister: (asked: RegistrationKey & Days, by: ChangedBy) => Promise<Unregistered>;
};

const extend = (lines: readonly Registration[], asked: Registration): Rewritten<Registered> => {
  const { period, absorbed } = merge(lines, asked);
  const [only] = absorbed;
  if (only && absorbed.length === 1 && covers(only, asked)) {
    return { what: 'register', remove: [], add: [], result: { outcome: 'already', line: only, merged: [] } };
  }
  const line = { ...asked, ...period };
  const outcome = only ? 'extended' : 'registered';
  return { what: 'register', remove: absorbed, add: [line], result: { outcome, line, merged: absorbed } };
};

const shorten = (lines: readonly Registration[], out: Days): Rewritten<Unregistered> => {
  const touched = lines
    .filter((line) => overlaps(line, out))
    .map((line) => ({ line, left: cut(line, out).map((piece) => ({ ...line, ...piece })) }));
  return {
    what: 'unregister',
    remove: touched.map(({ line }) => line),
    add: touched.flatMap(({ left }) => left),
    result: {
      removed: touched.filter(({ left }) => left.length === 0).map(({ line }) => line),
      shortened: touched.flatMap(({ left }) => left.slice(0, 1)),
      created: touched.flatMap(({ left }) => left.slice(1)),
    },
  };
};

/** The registration repertory: who has declared to handle a file on whom, from when until when. */
export const keepRepertory = ({ rewriteRegistrations }: Needs): Repertory => ({
  register: ({ partyId, hoedanigheid, subject, begin, end }, by) => {
    const key = { partyId, hoedanigheid, subject };
    return rewriteRegistrations(key, (lines) => extend(lines, { ...key, begin, end }), by);
  },
  unregister: ({ partyId, hoedanigheid, subject, begin, end }, by) =>
    rewriteRegistrations({ partyId, hoedanigheid, subject }, (lines) => shorten(lines, { begin, end }), by),
});
