import type { Party, Registration, Subject } from '../exchange/party.ts';
import { registrationShape } from './configuration-fields.ts';
import { type Options, readOptions, shaped } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';

export const registrationHelp = `kruispunt registration list --party NAME [--hoedanigheid H] [--limit N] [--json]
kruispunt registration show --person INSZ | --enterprise NUMBER [--json]
kruispunt registration add --party NAME --hoedanigheid H --person INSZ | --enterprise NUMBER --begin DAY [--end DAY]
kruispunt registration remove --party NAME --hoedanigheid H --person INSZ | --enterprise NUMBER
                    [--begin DAY] [--end DAY]

Who has declared to handle a file on whom, from when until when (days, both inclusive). Adding extends and merges the
lines that it overlaps; removing cuts its days out of them, or takes all away when no day is given. \`show\` tells every
party's lines on a subject and the history of each change; that you looked is written down (kruispunt audit lookups).
`;

type Period = { readonly begin: string | null; readonly end: string | null };
type Key = Pick<Registration, 'partyId' | 'hoedanigheid' | 'subject'>;
type Days = readonly { readonly begin: string; readonly end: string | null }[];
type By = { readonly exchange: string } | { readonly operator: string };

/** What the verb needs; the repertory keeps its own history of every change. */
export type Repertory = {
  readonly terminal: Terminal;
  readonly who: string;
  /** Written down before anything is shown. */
  readonly noteLook: (subject: Subject, who: string) => Promise<void>;
  readonly parties: () => Promise<readonly Party[]>;
  readonly registrationsOf: (query: {
    readonly partyId: number;
    readonly hoedanigheid: string | null;
    readonly subject: Subject | null;
    readonly period: null;
    readonly limit: number;
  }) => Promise<readonly Registration[]>;
  readonly registrationHistory: (filter: {
    readonly partyId: number | null;
    readonly subject: Subject | null;
    readonly limit: number;
  }) => Promise<
    readonly (Key & {
      readonly at: Date;
      readonly what: string;
      readonly by: By;
      readonly before: Days;
      readonly after: Days;
    })[]
  >;
  readonly register: (
    asked: Registration,
    by: By,
  ) => Promise<{ readonly outcome: string; readonly line: Registration }>;
  readonly unregister: (
    asked: Key & Period,
    by: By,
  ) => Promise<{
    readonly removed: readonly Registration[];
    readonly shortened: readonly Registration[];
    readonly created: readonly Registration[];
  }>;
};

const FIELDS = ['party', 'hoedanigheid', 'person', 'enterprise', 'begin', 'end'];

/** `kruispunt registration`. */
export async function registration(argv: readonly string[], needs: Repertory): Promise<number> {
  const [verb, ...rest] = argv;
  const options = readOptions(rest, { one: [...FIELDS, 'limit'] });
  if (options.positionals.length > 0) throw new UsageError(registrationHelp);
  if (verb === 'list') return list(options, needs);
  if (verb === 'show') return show(options, needs);
  if (verb === 'add') return add(options, needs);
  if (verb === 'remove') return remove(options, needs);
  if (verb === 'change')
    throw new UsageError(`a registration is changed by adding or removing days\n\n${registrationHelp}`);
  throw new UsageError(registrationHelp);
}

async function partyOf({ parties }: Repertory, name: string): Promise<Party> {
  const all = await parties();
  const [found, second] = all.filter((party) => party.name === name);
  if (second) throw new FailedError(`several parties are called ${name}: which one cannot be told`);
  if (found) return found;
  throw new FailedError(`there is no party ${name}; there are ${all.map((party) => party.name).join(', ')}`);
}

const days = ({ begin, end }: Days[number]) => `${begin} to ${end ?? 'open'}`;
const about = ({ kind, number }: Subject) => `${kind} ${number}`;

async function list(options: Options, needs: Repertory): Promise<number> {
  const name = options.one('party');
  const limit = options.one('limit') ?? '100';
  if (name === null || !/^[1-9]\d{0,5}$/.test(limit)) throw new UsageError(registrationHelp);
  const { id } = await partyOf(needs, name);
  const query = { hoedanigheid: options.one('hoedanigheid'), subject: null, period: null };
  const lines = await needs.registrationsOf({ ...query, partyId: id, limit: Number(limit) });
  if (options.json) needs.terminal.print(JSON.stringify(lines.map(withoutId), null, 2));
  else
    needs.terminal.print(
      table(
        ['hoedanigheid', 'subject', 'days'],
        lines.map((line) => [line.hoedanigheid, about(line.subject), days(line)]),
      ),
    );
  return 0;
}

const withoutId = ({ partyId: _, ...line }: Registration) => line;

async function show(options: Options, needs: Repertory): Promise<number> {
  const { subject } = shaped(
    registrationShape,
    { ...options.given('person', 'enterprise'), party: 'any', hoedanigheid: 'any', begin: '2000-01-01' },
    registrationHelp,
  );
  await needs.noteLook(subject, needs.who);
  const parties = await needs.parties();
  const nameOf = new Map(parties.map(({ id, name }) => [id, name]));
  const query = { hoedanigheid: null, subject, period: null, limit: 1000 };
  const lines = [];
  for (const { id, name } of parties) {
    const found = await needs.registrationsOf({ ...query, partyId: id });
    lines.push(...found.map((line) => ({ party: name, ...withoutId(line) })));
  }
  const history = (await needs.registrationHistory({ partyId: null, subject, limit: 1000 })).map(
    ({ partyId, ...each }) => ({ party: nameOf.get(partyId) ?? String(partyId), ...each }),
  );
  if (options.json) {
    needs.terminal.print(JSON.stringify({ subject, lines, history }, null, 2));
    return 0;
  }
  needs.terminal.print(
    table(
      ['party', 'hoedanigheid', 'days'],
      lines.map((line) => [line.party, line.hoedanigheid, days(line)]),
    ),
  );
  for (const { at, what, by, party, hoedanigheid, before, after } of history) {
    const who = 'operator' in by ? by.operator : `exchange ${by.exchange}`;
    const change = `${before.map(days).join(', ') || 'nothing'} → ${after.map(days).join(', ') || 'nothing'}`;
    needs.terminal.print(`${at.toISOString()} ${what} ${party}:${hoedanigheid} by ${who}: ${change}`);
  }
  return 0;
}

async function add(options: Options, needs: Repertory): Promise<number> {
  const asked = shaped(registrationShape, options.given(...FIELDS), registrationHelp);
  if (asked.end !== null && asked.end < asked.begin)
    throw new UsageError(`--end: it ends before it begins\n\n${registrationHelp}`);
  const party = await partyOf(needs, asked.party);
  if (!party.identities.some(({ hoedanigheid }) => hoedanigheid === asked.hoedanigheid)) {
    const known = party.identities.flatMap(({ hoedanigheid }) => hoedanigheid ?? []).join(', ') || 'none';
    throw new FailedError(
      `${party.name} has no identity with hoedanigheid ${asked.hoedanigheid}; there is ${known}`,
    );
  }
  const { hoedanigheid, subject, begin, end } = asked;
  const by = { operator: needs.who };
  const { outcome, line } = await needs.register(
    { partyId: party.id, hoedanigheid, subject, begin, end },
    by,
  );
  const told = `${outcome}: ${party.name}:${hoedanigheid} on ${about(subject)}, ${days(line)}`;
  needs.terminal.print(options.json ? JSON.stringify({ outcome, line: withoutId(line) }) : told);
  return 0;
}

async function remove(options: Options, needs: Repertory): Promise<number> {
  const asked = shaped(
    registrationShape,
    { begin: '0001-01-01', ...options.given(...FIELDS) },
    registrationHelp,
  );
  if (asked.end !== null && asked.end < asked.begin)
    throw new UsageError(`--end: it ends before it begins\n\n${registrationHelp}`);
  const { id } = await partyOf(needs, asked.party);
  const { hoedanigheid, subject, end } = asked;
  const out = { partyId: id, hoedanigheid, subject, begin: options.one('begin'), end };
  const { removed, shortened, created } = await needs.unregister(out, { operator: needs.who });
  if (removed.length + shortened.length + created.length === 0)
    throw new FailedError(`${asked.party}:${hoedanigheid} has no registration on ${about(subject)} then`);
  const left = [...shortened, ...created];
  needs.terminal.print(
    options.json
      ? JSON.stringify({ removed: removed.map(withoutId), left: left.map(withoutId) })
      : `removed ${removed.map(days).join(', ') || 'no whole line'}; left ${left.map(days).join(', ') || 'nothing'}`,
  );
  return 0;
}
