import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { operatorName } from './cli/configuration-who.ts';
import { FailedError, UsageError } from './cli/output.ts';
import type { Act, Outcome } from './exchange/act.ts';

/** What a sub-verb is to the audit: it changes something, or shows what is kept about persons, or neither. */
export type Accounting = 'changes' | 'looks' | 'neither';

const listed = { list: 'neither', show: 'neither' } as const;
const edited = { ...listed, add: 'changes', remove: 'changes' } as const;
const about = { list: 'looks', show: 'looks', add: 'changes', remove: 'changes' } as const;

/** Every sub-verb of the verbs that open the database (a test holds the help of each against it). */
export const accounting: Readonly<Record<string, Readonly<Record<string, Accounting>>>> = {
  audit: {
    ...{ list: 'looks', show: 'looks', explain: 'looks', citizen: 'looks', lookups: 'looks' },
    ...{ changes: 'looks', export: 'looks', acts: 'neither', verify: 'neither' },
    // What is made and destroyed is among the changes, and only what is due is.
    archive: 'neither',
    // They change a file, and open no database.
    keys: 'neither',
  },
  party: { ...edited, change: 'changes' },
  grant: { ...edited, change: 'changes', approve: 'changes', reject: 'changes', approval: 'changes' },
  registration: about,
  population: { ...about, list: 'neither', import: 'changes' },
  subscription: { ...edited, change: 'changes' },
  publication: { ...listed, retry: 'changes', reissue: 'changes', intake: 'neither' },
  batch: { ...listed, retry: 'changes' },
  source: { ...edited, change: 'changes' },
  codes: { ...listed, import: 'changes', remove: 'changes' },
  reference: { list: 'looks', add: 'changes', remove: 'changes', import: 'changes' },
  key: { ...edited, diagnose: 'neither', forecast: 'neither' },
  pickup: { list: 'neither', add: 'changes', remove: 'changes' },
  configuration: { export: 'looks', import: 'changes' },
  // It has no sub-verbs.
  migrate: { '': 'changes' },
};

type Typed = { readonly verb: string; readonly argv: readonly string[] };

/** What a call of a verb is to the audit. What does not begin with a sub-verb may do anything, and counts as a change. */
export const accountingOf = ({ verb, argv: [sub] }: Typed): Accounting => {
  const subs = accounting[verb] ?? {};
  if (Object.hasOwn(subs, '')) return subs[''] ?? 'changes';
  // Without a word it only tells how it is used.
  if (sub === undefined) return 'neither';
  return Object.hasOwn(subs, sub) ? (subs[sub] ?? 'changes') : 'changes';
};

/** Eleven digits, also in groups, that are a word: who was looked at is in a list of its own, by number. */
const PERSON = /(?<![0-9A-Za-z])\d{2}[ .]?\d{2}[ .]?\d{2}[ .-]?\d{3}[ .-]?\d{2}(?![0-9A-Za-z])/g;
const LONGEST = 1_000;
const withoutPersons = (text: string) => text.replace(PERSON, '<person>').slice(0, LONGEST);

export type Accounts = {
  readonly beginAct: (act: Act) => Promise<void>;
  readonly endAct: (act: Act, outcome: Outcome, reason: string | null) => Promise<void>;
};

/** Runs a call of a verb as an act of the operator: written down before it begins, and with what came of it. */
export async function accountFor(
  { verb, argv }: Typed,
  behind: string | null,
  { beginAct, endAct }: Accounts,
  run: () => Promise<number>,
): Promise<number> {
  if (accountingOf({ verb, argv }) === 'neither') return run();
  const [sub = ''] = argv;
  const isNamed = sub !== '' && Object.hasOwn(accounting[verb] ?? {}, sub);
  const [name, given] = isNamed ? [`${verb} ${sub}`, argv.slice(1)] : [verb, argv];
  const who = { who: operatorName(), host: hostname(), behind };
  const act = { id: randomUUID(), ...who, verb: name, given: given.map(withoutPersons) };
  await beginAct(act);
  let code: number;
  try {
    code = await run();
  } catch (error) {
    const reason = withoutPersons(error instanceof Error ? error.message : String(error));
    // The error is what the operator must see; an act without an end says itself that nothing more is known.
    await endAct(act, outcomeOf(error), reason).catch(() => null);
    throw error;
  }
  await endAct(act, code === 0 ? 'done' : 'refused', null);
  return code;
}

/** What stands in the way of an operator is told them in these; all else is a fault. */
const outcomeOf = (error: unknown): Outcome => {
  const isArgument =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return error instanceof UsageError || error instanceof FailedError || isArgument ? 'refused' : 'failed';
};
